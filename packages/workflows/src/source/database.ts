import { ensureMetadata, readMetadata, writeNote } from "../database/metadata.ts";
import { readCredentials } from "../database/read-facts.ts";
import { listWorkflows, readWorkflows } from "../database/read-workflows.ts";
import type { N8nTables } from "../database/tables.ts";
import type { Summary } from "../file/folder.ts";
import type { Migration } from "../file/migration.ts";
import type { WorkflowSource } from "./source.ts";

/** There is one production of a name. Stagings of a name are many, a developer's each: what they have is noted in them. */
export function isOfProduction(
  here: Pick<Summary, "environment" | "source">,
  made: Pick<Summary, "environment" | "source">,
): boolean {
  return made.source === "prod" && here.source === "prod" && made.environment === here.environment;
}

/** A source over n8n's tables. @param close what is to be closed with it */
export function databaseSource(
  tables: N8nTables,
  names: Pick<WorkflowSource, "environment" | "source">,
  close: AsyncDisposable,
): WorkflowSource {
  return {
    ...names,
    n8nVersion: tables.version,
    list: () => listWorkflows(tables),
    workflows: (filter) => readWorkflows(tables, filter),
    credentialNames: async () => (await readCredentials(tables)).names,
    migrations: async () => {
      const noted = new Set((await readMetadata(tables)).map(({ name }) => name));
      return ({ name, source, environment }) => noted.has(name) || isOfProduction(names, { source, environment });
    },
    ...(names.source === "prod" ? {} : { remember: (migration, checksum) => remember(tables, migration, checksum) }),
    [Symbol.asyncDispose]: () => close[Symbol.asyncDispose](),
  };
}

async function remember(tables: N8nTables, { name, source, workflowId }: Migration, checksum: string): Promise<void> {
  await ensureMetadata(tables);
  const note = { name, source, workflowId, checksum, notes: "made here" };
  await writeNote(tables, { ...note, versionId: null, previousVersionId: null, publish: "none" });
}
