import { createHash } from "node:crypto";
import type { Side } from "@understudy/data";
import { serviceContainer } from "@understudy/data";
import { N8n, n8nPort, type Workflow } from "@understudy/n8n";
import type { ArchivedWorkflow } from "../archive/metadata.ts";

/** Every workflow of an environment, as n8n's API gives them; none where its stack has no n8n. @throws UserError in n8n's words */
export async function readWorkflows({ engine, reach, stack }: Side): Promise<Workflow[]> {
  if (!stack.model.services.n8n) return [];
  const container = await serviceContainer(engine, stack, "n8n");
  if (!container) return [];
  const address = await reach.address(container, n8nPort);
  const n8n = new N8n({ container, address, environment: stack.environment, values: stack.envFile.values });
  return (await n8n.workflows()).sort((a, b) => a.id.localeCompare(b.id));
}

/** What an archive's metadata say of a workflow. */
export function describeWorkflow({
  id,
  name,
  active,
  updatedAt,
  nodes,
  connections,
  settings,
}: Workflow): ArchivedWorkflow {
  const content = canonical({ nodes, connections, settings });
  return { id, name, active, updatedAt, sha256: createHash("sha256").update(content).digest("hex") };
}

/** JSON with the keys of every object in order: n8n writes them as it likes. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inner) =>
    inner && typeof inner === "object" && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
