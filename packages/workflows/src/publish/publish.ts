import { type Log, messageOf, UserError } from "@understudy/core";
import { calleesFirst, callsOf } from "../content/calls.ts";
import { versionHash } from "../content/hash.ts";
import { versionOf } from "../content/stored.ts";
import { type MetadataRow, readMetadata, writePublication } from "../database/metadata.ts";
import type { KnownCredentials } from "../database/read-facts.ts";
import { readLiveVersions, readWorkflows } from "../database/read-workflows.ts";
import type { Migration } from "../file/migration.ts";
import { decidePublishing, newestPerWorkflow } from "./decide.ts";
import { type RunningN8n, runVersion } from "./run-version.ts";

export interface PublishContext extends RunningN8n {
  readonly credentials: KnownCredentials;
  /** The migration of a name, where its file is there. */
  migration(name: string): Migration | undefined;
  readonly say: (line: string) => void;
  readonly log: Log;
}

export interface PublishOutcome {
  /** Names of workflows that run what their migrations brought. */
  readonly published: readonly string[];
  /** Those that n8n would not publish, and why; they run what ran before. */
  readonly failed: readonly { readonly workflow: string; readonly why: string; readonly next: string | undefined }[];
}

/**
 * Let n8n run what migrations brought and noted as to be live, callees first. It also ends what a killed run left: the note was written
 * with the workflow, in one transaction. What n8n does not take, runs as before.
 */
export async function publishPending(context: PublishContext): Promise<PublishOutcome> {
  const { tables } = context;
  const waiting = newestPerWorkflow(await readMetadata(tables));
  if (waiting.length === 0) return { published: [], failed: [] };
  const byId = new Map(waiting.map((one) => [one.row.workflowId, one]));
  const workflows = new Map(
    (await Array.fromAsync(readWorkflows(tables, { ids: [...byId.keys()] }))).map((stored) => [stored.id, stored]),
  );
  const order = calleesFirst([...byId.keys()], (id) => {
    const stored = workflows.get(id);
    return stored ? callsOf({ nodes: stored.nodes, settings: stored.settings ?? {} }) : [];
  });
  const published: string[] = [];
  const failed: PublishOutcome["failed"][number][] = [];
  for (const id of order) {
    const { row, names } = byId.get(id) ?? {};
    const stored = workflows.get(id);
    if (!row || !names) continue;
    const decision = stored ? decidePublishing(row, stored.activeVersionId) : "superseded";
    try {
      if (decision === "publish") await publish(context, row);
      await writePublication(tables, names, decision === "superseded" ? "none" : "done");
      if (decision !== "superseded" && stored) published.push(stored.name);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      await writePublication(tables, names, "failed");
      failed.push({ workflow: stored?.name ?? id, why: messageOf(error), next: error.next });
    }
  }
  return { published, failed };
}

async function publish(context: PublishContext, row: MetadataRow): Promise<void> {
  const { workflowId, versionId, previousVersionId } = row;
  if (!versionId) throw new Error(`${row.name} is to be published and made no version`);
  try {
    await runVersion(context, workflowId, versionId);
    await requireRuns(context, row);
  } catch (error) {
    if (error instanceof UserError) await goBack(context, row, previousVersionId);
    throw error;
  }
}

/** n8n runs the version that the migration made, and that is what its file says. */
async function requireRuns({ tables, credentials, migration }: PublishContext, row: MetadataRow): Promise<void> {
  const [live] = await readLiveVersions(tables, [row.workflowId]);
  const file = migration(row.name);
  const isIt = live?.versionId === row.versionId;
  if (isIt && (!file || versionHash(versionOf(live, credentials.names)) === versionHash(file.content))) return;
  throw new UserError(`n8n took ${row.name}, and runs something else`, { next: "See pnpm logs n8n" });
}

/** To the version that ran, if n8n left it. */
async function goBack(
  context: PublishContext,
  { workflowId, name }: MetadataRow,
  previous: string | null,
): Promise<void> {
  const { tables, say, log } = context;
  const [live] = await readLiveVersions(tables, [workflowId]);
  if ((live?.versionId ?? null) === previous) return;
  say(`${name}: n8n does not run it; going back to the version that ran`);
  log.warn({ migration: name, previous }, "going back");
  await runVersion(context, workflowId, previous);
}
