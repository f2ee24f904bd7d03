import { type Log, messageOf, UserError } from "@understudy/core";
import type { Target } from "@understudy/environment";
import { contentHash } from "../content/hash.ts";
import { contentOf } from "../content/stored.ts";
import { applyStep } from "../database/apply-step.ts";
import { forgetNotes, type MetadataRow, namesSince, overwritten, readMetadata } from "../database/metadata.ts";
import { type N8nSide, openN8n, requireLock } from "../database/open.ts";
import { type KnownCredentials, readCredentials } from "../database/read-facts.ts";
import { readLiveVersions, readWorkflows } from "../database/read-workflows.ts";
import type { N8nTables } from "../database/tables.ts";
import { inTransaction } from "../database/transaction.ts";
import { type MigrationFile, MigrationFolder } from "../file/folder.ts";
import type { Migration } from "../file/migration.ts";
import { nextTimestamp } from "../file/name.ts";
import { runVersion } from "../publish/run-version.ts";
import { findTaken } from "./find-taken.ts";
import { planRollback, type TakenBack } from "./plan-rollback.ts";
import { versionToRun } from "./version-to-run.ts";

export interface TakeBackOptions {
  readonly say: (line: string) => void;
  readonly log: Log;
}

/** Names of the migrations that changed an environment's workflows after a moment. Reads only. @throws UserError */
export async function appliedSince(target: Target, since: Date): Promise<string[]> {
  await using side = await openN8n(target, { readOnly: true });
  return (await changedSince(side, since)).map(({ name }) => name);
}

/**
 * Let an environment's workflows be what they were at a moment, as far as migrations changed them since: a release that is gone back from
 * takes its workflows with it. Those migrations are not applied any more afterwards, so the next promotion brings them again. What somebody
 * edited since stays, and is told; a workflow that came since is switched off, and stays.
 * @returns names of the migrations that were taken back
 * @throws UserError when the environment's n8n cannot be looked at
 */
export async function takeBackSince(target: Target, since: Date, options: TakeBackOptions): Promise<string[]> {
  await using side = await openN8n(target);
  return await takeBackFrom(side, new MigrationFolder(target.installation).files(), since, options);
}

/** The same of an n8n that is open. */
export async function takeBackFrom(
  side: N8nSide,
  files: readonly MigrationFile[],
  since: Date,
  { say, log }: TakeBackOptions,
): Promise<string[]> {
  const rows = await changedSince(side, since);
  if (rows.length === 0) return [];
  await requireLock(side);
  const credentials = await readCredentials(side.tables);
  const taken: string[] = [];
  // The newest first.
  for (const group of [...Map.groupBy(rows, ({ workflowId }) => workflowId).values()].reverse()) {
    const names = group.map(({ name }) => name);
    try {
      say(`  ${names.join(", ")}: ${await takeBack({ side, files, credentials }, group)}`);
      taken.push(...names);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      say(`warning: ${names.join(", ")} was not taken back: ${messageOf(error)}. ${error.next ?? ""}`.trimEnd());
      log.warn({ migrations: names, error: messageOf(error) }, "not taken back");
    }
  }
  log.info({ takenBack: taken, since }, "taken back");
  return taken;
}

/** Rows of migrations that changed something, in the order in which they were applied. */
async function changedSince({ tables }: N8nSide, since: Date): Promise<MetadataRow[]> {
  const byName = new Map((await readMetadata(tables)).map((row) => [row.name, row]));
  const rows = (await namesSince(tables, since)).flatMap((name) => byName.get(name) ?? []);
  return rows.filter(({ versionId }) => versionId !== null);
}

interface Context {
  readonly side: N8nSide;
  readonly files: readonly MigrationFile[];
  readonly credentials: KnownCredentials;
}

/**
 * Take back what migrations made of one workflow. n8n runs what it ran before first; a run that is killed after that does the same again.
 * @returns what became of it, in words. @throws UserError; what runs may have gone back, its draft has not
 */
async function takeBack({ side, files, credentials }: Context, group: readonly MetadataRow[]): Promise<string> {
  const { tables } = side;
  await runWhatRan(side, group);
  const taken = await findTaken(side, files, group);
  const last = taken.at(-1)?.migration;
  if (!last) throw new Error("no migration is to be taken back");
  const present = new Set(files.map(({ name }) => name));
  const plan = planRollback(taken, { timestamp: nextTimestamp(Date.now(), [...present]), taken: present });
  const [back] = plan.migrations;
  if (plan.stay.length && !isNew(taken, group)) throw beforeUnknown(last);
  if (back) await refuseEdited(tables, credentials, last);
  await inTransaction(tables.session, async () => {
    const context = { tables, credentials, checksum: "", seen: last.hash, mayPublish: () => false };
    if (back) await applyStep({ migration: back, action: "update" }, context);
    await forgetNotes(tables, [...group.map(({ name }) => name), ...plan.migrations.map(({ name }) => name)]);
  });
  return `"${last.content.name}" ${plan.stay.length ? "came with it, and stays without running" : "is what it was before"}`;
}

/** Whether the workflow came with the first of them. */
function isNew([first]: readonly TakenBack[], [row]: readonly MetadataRow[]): boolean {
  return first?.migration.basedOn === undefined && row?.notes !== overwritten;
}

async function runWhatRan(side: N8nSide, group: readonly MetadataRow[]): Promise<void> {
  const [{ workflowId, name } = { workflowId: "", name: "" }] = group;
  const live = async () => (await readLiveVersions(side.tables, [workflowId]))[0]?.versionId ?? null;
  const version = versionToRun(group, await live());
  if (version === undefined) return;
  await runVersion(side, workflowId, version);
  if ((await live()) === version) return;
  throw new UserError(`n8n took what ran before ${name}, and runs something else`, { next: "See pnpm logs n8n" });
}

async function refuseEdited(tables: N8nTables, { names }: KnownCredentials, last: Migration): Promise<void> {
  const [stored] = await Array.fromAsync(readWorkflows(tables, { ids: [last.workflowId] }));
  if (stored && contentHash(contentOf(stored, names)) === last.hash) return;
  throw new UserError(`"${last.content.name}" was ${stored ? "edited" : "deleted"} since, and is left so`, {
    next: `What it would be: pnpm n8n:diff ${last.name}; what to do: docs/workflow-rollback.md`,
  });
}

function beforeUnknown({ content }: Migration): UserError {
  return new UserError(`What "${content.name}" was before is not known any more`, {
    next: "Bring it back in n8n's own history of versions",
  });
}
