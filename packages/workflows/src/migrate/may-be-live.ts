import { type DesiredStack, readDataFacts } from "@understudy/environment";
import type { Migration } from "../file/migration.ts";

/**
 * Whether a migration may switch a workflow on in an environment, where it was not live before. In a staging that holds a copy of
 * production's data, sanitize.yml says what may act, and nothing else does.
 */
export function mayBeLive(
  stack: Pick<DesiredStack, "installation" | "environment">,
): (migration: Migration) => boolean {
  const { copy, activeWorkflows } = readDataFacts(stack);
  if (stack.environment.kind !== "staging" || !copy) return ({ publish }) => publish;
  const allowed = new Set(activeWorkflows);
  return ({ publish, content }) => publish && allowed.has(content.name);
}
