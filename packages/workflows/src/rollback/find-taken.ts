import { UserError } from "@understudy/core";
import type { Content } from "../content/content.ts";
import { contentHash } from "../content/hash.ts";
import { contentOf, versionOf } from "../content/stored.ts";
import { type MetadataRow, overwritten, wasHere } from "../database/metadata.ts";
import type { N8nSide } from "../database/open.ts";
import { readCredentials } from "../database/read-facts.ts";
import { readVersion, readWorkflows } from "../database/read-workflows.ts";
import type { MigrationFile } from "../file/folder.ts";
import type { Migration } from "../file/migration.ts";
import type { TakenBack } from "./plan-rollback.ts";

/** Migrations that changed something here, each with what was before it. @throws UserError for one whose file is not there */
export async function findTaken(
  side: N8nSide,
  files: readonly MigrationFile[],
  rows: readonly MetadataRow[],
): Promise<TakenBack[]> {
  const byName = new Map(files.map((file) => [file.name, file]));
  const taken: TakenBack[] = [];
  for (const row of rows) {
    const migration = byName.get(row.name)?.parse();
    if (!migration) throw missingFile(row);
    const content = await contentBefore(side, files, row, migration);
    taken.push({ migration, before: content && { content, hash: contentHash(content) } });
  }
  return taken;
}

/** A migration says what it was made from; what it was written over instead, n8n's history alone knows. */
async function contentBefore(
  side: N8nSide,
  files: readonly MigrationFile[],
  row: MetadataRow,
  migration: Migration,
): Promise<Content | undefined> {
  if (row.notes === wasHere) return migration.content;
  const stated = row.notes === overwritten ? undefined : basis(files, migration);
  return stated ?? (await versionBefore(side, row, migration));
}

/** What a migration was made from, as another one has it. */
function basis(files: readonly MigrationFile[], { name, workflowId, basedOn }: Migration): Content | undefined {
  const found = files.findLast((file) => {
    const summary = file.summary();
    return file.name < name && summary.workflowId === workflowId && summary.hash === basedOn;
  });
  return found?.parse().content;
}

/** The version that ran before, as n8n's history has it; what is not in a version is as it is now. */
async function versionBefore(
  { tables }: N8nSide,
  { previousVersionId }: MetadataRow,
  { workflowId }: Migration,
): Promise<Content | undefined> {
  if (previousVersionId === null) return undefined;
  const { names } = await readCredentials(tables);
  const version = await readVersion(tables, workflowId, previousVersionId);
  if (!version) return undefined;
  for await (const stored of readWorkflows(tables, { ids: [workflowId] })) {
    return { ...contentOf(stored, names), ...versionOf(version, names) };
  }
  return undefined;
}

function missingFile({ name }: MetadataRow): UserError {
  return new UserError(`${name} was applied here, and is not in workflows/migrations`, {
    next: "Bring it back: git pull, or the branch that it is on",
  });
}
