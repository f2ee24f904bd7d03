import { readFact } from "@understudy/core";
import type { DesiredStack } from "@understudy/environment";
import type { Migration } from "../file/migration.ts";

/** What the fact `copy` says of the workflows that production's copy may run. */
interface Copy {
  readonly activeWorkflows?: readonly string[];
}

/**
 * Whether a migration may switch a workflow on in an environment, where it was not live before. In a staging that holds a copy of
 * production's data, sanitize.yml says what may act, and nothing else does.
 */
export function mayBeLive({
  installation,
  environment,
}: Pick<DesiredStack, "installation" | "environment">): (migration: Migration) => boolean {
  const copy = environment.kind === "staging" ? readFact<Copy>(installation, environment.name, "copy") : undefined;
  if (!copy) return ({ publish }) => publish;
  const allowed = new Set(copy.activeWorkflows ?? []);
  return ({ publish, content }) => publish && allowed.has(content.name);
}
