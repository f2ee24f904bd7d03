import { readFact } from "@understudy/core";
import type { DesiredStack } from "@understudy/environment";
import type { Migration } from "../file/migration.ts";

/**
 * Whether a migration may switch a workflow on in an environment, where it was not live before. In a staging that holds a copy of
 * production's data, sanitize.yml says what may act, and nothing else does.
 */
export function mayBeLive({
  installation,
  environment,
}: Pick<DesiredStack, "installation" | "environment">): (migration: Migration) => boolean {
  const hasCopy = environment.kind === "staging" && readFact(installation, environment.name, "copy") !== undefined;
  if (!hasCopy) return ({ publish }) => publish;
  const allowed = new Set(readFact<string[]>(installation, environment.name, "active-workflows") ?? []);
  return ({ publish, content }) => publish && allowed.has(content.name);
}
