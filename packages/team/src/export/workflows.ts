import { canonicalJson, sha256 } from "@understudy/core";
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
  return { id, name, active, updatedAt, sha256: sha256(canonicalJson({ nodes, connections, settings })) };
}
