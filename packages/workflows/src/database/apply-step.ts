import { UserError } from "@understudy/core";
import { quoteName } from "@understudy/postgres";
import { credentialKey, withCredentialIds } from "../content/credentials.ts";
import { contentHash } from "../content/hash.ts";
import { contentOf, type StoredWorkflow } from "../content/stored.ts";
import { same } from "../diff/values.ts";
import type { Migration } from "../file/migration.ts";
import { renderData } from "../file/render.ts";
import { sessionSettings, standardShape, statements } from "../file/statements.ts";
import type { Step } from "../plan/plan-steps.ts";
import { overwritten, wasHere, writeNote } from "./metadata.ts";
import { ensureOwner, placeInFolder, setTags } from "./place.ts";
import type { KnownCredentials } from "./read-facts.ts";
import { lockWorkflow } from "./read-workflows.ts";
import type { N8nTables } from "./tables.ts";

export interface ApplyContext {
  readonly tables: N8nTables;
  readonly credentials: KnownCredentials;
  /** Of the migration's file. */
  readonly checksum: string;
  /** Hash of the content that the plan saw here; undefined where there was no such workflow. */
  readonly seen: string | undefined;
  /** Whether it may be made live here when it was not before. */
  readonly mayPublish: (migration: Migration) => boolean;
}

/** What applying one migration came to. */
export interface Applied {
  readonly versionId: string;
  /** The version that ran before. */
  readonly previousVersionId: string | null;
  readonly toPublish: boolean;
}

/**
 * Carry out one migration in the transaction that is open: its own statements, then what only this environment knows. Afterwards the
 * workflow is what the file says, read back and compared; n8n still runs the version that it ran before.
 * @throws UserError when somebody saved the workflow since the plan was made; the transaction has to be rolled back then
 */
export async function applyStep(step: Step, context: ApplyContext): Promise<Applied> {
  const { tables, credentials, checksum, mayPublish } = context;
  const { migration } = step;
  const before = await lockAsSeen(step, context);
  await runStatements(step, context);
  await bind(migration, before, context);
  const after = await lockWorkflow(tables, migration.workflowId);
  if (!after || after.versionId === before?.versionId) throw savedMeanwhile(migration);
  requireSame(migration, after, credentials);
  await keepVersion(tables, migration, after);
  const previousVersionId = before?.activeVersionId ?? null;
  const toPublish = !migration.content.isArchived && (previousVersionId !== null || mayPublish(migration));
  await writeNote(tables, {
    ...{ name: migration.name, source: migration.source, workflowId: migration.workflowId, checksum },
    ...{ versionId: after.versionId, previousVersionId, publish: toPublish ? "pending" : "none" },
    notes: step.forced ? overwritten : null,
  });
  return { versionId: after.versionId, previousVersionId, toPublish };
}

/** Note that a workflow which is here already, as the file says, is to run in the version that it has. @throws UserError as `applyStep` */
export async function noteToPublish(step: Step, context: Omit<ApplyContext, "mayPublish">): Promise<void> {
  const { name, source, workflowId } = step.migration;
  const here = await lockAsSeen(step, context);
  if (!here) throw savedMeanwhile(step.migration);
  await keepVersion(context.tables, step.migration, here);
  await writeNote(context.tables, {
    ...{ name, source, workflowId, checksum: context.checksum, notes: wasHere },
    ...{ versionId: here.versionId, previousVersionId: null, publish: "pending" },
  });
}

async function lockAsSeen(
  { migration }: Step,
  { tables, credentials, seen }: Pick<ApplyContext, "tables" | "credentials" | "seen">,
): Promise<StoredWorkflow | undefined> {
  const here = await lockWorkflow(tables, migration.workflowId);
  const hash = here && contentHash(contentOf(here, credentials.names));
  if (hash !== seen) throw savedMeanwhile(migration);
  return here;
}

async function runStatements({ migration, forced }: Step, { tables, seen }: ApplyContext): Promise<void> {
  const { session, schema, prefix } = tables;
  // Where nothing was seen, nothing may be written over.
  const present = seen === undefined ? "" : forced ? (migration.basedOn ?? "none") : seen;
  const settings: Readonly<Record<string, string>> = {
    search_path: quoteName(schema),
    [sessionSettings.present]: present,
    [sessionSettings.data]: renderData(migration) ?? "",
  };
  await session.repeat(
    "SELECT pg_catalog.set_config(name, value, true) FROM unnest($1::text[], $2::text[]) AS wanted (name, value)",
    [Object.keys(settings), Object.values(settings)],
  );
  await session.query(statements(migration, { prefix, columns: columnsFor(migration, tables) }).join("\n"));
}

/** Those of the standard that this n8n has. @throws UserError when it lacks one that the workflow needs */
function columnsFor({ name, content }: Migration, { columns, version }: N8nTables): ReadonlySet<string> {
  const here = columns("workflow_entity");
  const needed = { description: content.description !== null, nodeGroups: content.nodeGroups.length > 0 };
  for (const [column, isNeeded] of Object.entries(needed)) {
    if (!isNeeded || here.has(column)) continue;
    throw new UserError(`${name} has ${column}, which n8n ${version} does not know`, { next: "Update n8n first" });
  }
  return standardShape.columns.intersection(here);
}

/** Credentials' ids, owner, folder and tags are the target's own. */
async function bind(
  { workflowId, project, content }: Migration,
  before: StoredWorkflow | undefined,
  { tables, credentials }: ApplyContext,
): Promise<void> {
  const { session, of } = tables;
  const nodes = withCredentialIds(content.nodes, (credential) => credentials.ids.get(credentialKey(credential))?.[0]);
  if (content.nodes.some((node) => node.credentials)) {
    await session.query(`UPDATE ${of("workflow_entity")} SET nodes = $2::json WHERE id = $1`, [
      workflowId,
      JSON.stringify(nodes),
    ]);
  }
  const moves = !same(before?.folder ?? [], content.folder);
  if (!before || moves) {
    const owner = await ensureOwner(tables, workflowId, project);
    if (moves) await placeInFolder(tables, workflowId, content, owner);
  }
  if (!same(before?.tags.toSorted() ?? [], content.tags)) await setTags(tables, workflowId, content);
}

/** In n8n's history, from which it publishes. */
async function keepVersion({ session, of, has }: N8nTables, { name }: Migration, after: StoredWorkflow): Promise<void> {
  const values: Readonly<Record<string, string>> = {
    ...{ versionId: `"versionId"`, workflowId: "id", nodes: "nodes", connections: "connections" },
    ...{ authors: "'Understudy'", createdAt: `"updatedAt"`, updatedAt: `"updatedAt"` },
    ...(has("workflow_history", "nodeGroups") ? { nodeGroups: `"nodeGroups"` } : {}),
    ...(has("workflow_history", "name") ? { name: "$2::text" } : {}),
  };
  await session.repeat(
    `INSERT INTO ${of("workflow_history")} (${Object.keys(values).map(quoteName).join(", ")})
     SELECT ${Object.values(values).join(", ")} FROM ${of("workflow_entity")} WHERE id = $1 ON CONFLICT DO NOTHING`,
    has("workflow_history", "name") ? [after.id, name] : [after.id],
  );
}

/** What was written is what was meant, whatever triggers and types made of it. */
function requireSame(migration: Migration, after: StoredWorkflow, { names }: KnownCredentials): void {
  if (contentHash(contentOf(after, names)) === migration.hash) return;
  throw new UserError(`${migration.name} did not arrive as it was written: this n8n holds something else of it`, {
    next: "Compare both versions of n8n; nothing of this migration was kept",
  });
}

function savedMeanwhile({ name, content }: Migration): UserError {
  return new UserError(`${name}: somebody saved "${content.name}" in n8n meanwhile`, {
    next: "Nothing of it was applied. Run it again",
  });
}
