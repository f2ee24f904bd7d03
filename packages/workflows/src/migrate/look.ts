import { UserError } from "@understudy/core";
import type { Content } from "../content/content.ts";
import { contentHash } from "../content/hash.ts";
import { contentOf } from "../content/stored.ts";
import { type MetadataRow, readMetadata } from "../database/metadata.ts";
import { type KnownCredentials, readCredentials, readFacts } from "../database/read-facts.ts";
import { readWorkflows } from "../database/read-workflows.ts";
import type { N8nTables } from "../database/tables.ts";
import type { MigrationFile } from "../file/folder.ts";
import type { Migration } from "../file/migration.ts";
import { findPending, type Problem } from "../plan/pending.ts";
import { type Present, planSteps, type Step, type StepOptions } from "../plan/plan-steps.ts";
import { type Lack, preflight } from "../plan/preflight.ts";

/** A workflow as it is here, and what of it a plan goes by. */
export interface Seen extends Present {
  readonly content: Content;
}

/** What is to be done in an environment, and everything that was looked at for it. */
export interface Look {
  readonly steps: readonly Step[];
  /** How many files are to be applied, those that cannot be read counted. */
  readonly pending: number;
  /** Whether n8n has to be told to run something afterwards. */
  readonly publishes: boolean;
  readonly problems: readonly Problem[];
  readonly lacks: readonly Lack[];
  readonly seen: ReadonlyMap<string, Seen>;
  readonly credentials: KnownCredentials;
  readonly rows: readonly MetadataRow[];
  /** Whether a migration may switch its workflow on here. */
  readonly mayPublish: (migration: Migration) => boolean;
  /** Whether a step changes nothing, and yet lets a workflow run that never did. */
  readonly switchesOn: (step: Step) => boolean;
}

export interface LookOptions extends Pick<StepOptions, "environment" | "resolve"> {
  readonly to: string | undefined;
  readonly mayPublish: (migration: Migration) => boolean;
  /** Take a file that cannot be read for the end of them, instead of throwing. */
  readonly tolerant: boolean;
}

/** Compare the files with an environment. Reads only; files that were applied long ago are not even parsed. */
export async function look(tables: N8nTables, files: readonly MigrationFile[], options: LookOptions): Promise<Look> {
  const rows = await readMetadata(tables);
  const pending = findPending(files, rows, options);
  const { migrations, broken } = parseAll(pending.files, options.tolerant);
  const problems = [...pending.problems, ...broken];
  const credentials = await readCredentials(tables);
  const wasLive = new Set(rows.filter(hasBeenLive).map(({ workflowId }) => workflowId));
  // What ran here once and does not now was switched off by somebody, who decides.
  const mayPublish = (migration: Migration) => options.mayPublish(migration) && !wasLive.has(migration.workflowId);
  const found = { problems, credentials, rows, mayPublish, pending: pending.files.length };
  if (migrations.length === 0) {
    return { ...found, steps: [], lacks: [], seen: new Map(), publishes: false, switchesOn: () => false };
  }
  const seen = await readSeen(tables, credentials, new Set(migrations.map(({ workflowId }) => workflowId)));
  const known = new Set(rows.map(({ workflowId }) => workflowId));
  const steps = planSteps(migrations, seen, { ...options, known });
  const isLive = ({ workflowId }: Migration) => seen.get(workflowId)?.live ?? false;
  const willBeLive = (migration: Migration) =>
    !migration.content.isArchived && (isLive(migration) || mayPublish(migration));
  const switchesOn = ({ action, migration }: Step) => action === "none" && willBeLive(migration) && !isLive(migration);
  const touching = steps.filter((step) => isChange(step) || switchesOn(step)).map(({ migration }) => migration);
  const lacks = touching.length ? preflight(touching, await readFacts(tables, credentials), willBeLive) : [];
  return { ...found, steps, lacks, seen, publishes: touching.some(willBeLive), switchesOn };
}

function parseAll(
  files: readonly MigrationFile[],
  tolerant: boolean,
): { readonly migrations: readonly Migration[]; readonly broken: readonly Problem[] } {
  const migrations: Migration[] = [];
  for (const file of files) {
    try {
      migrations.push(file.parse());
    } catch (error) {
      if (!tolerant || !(error instanceof UserError)) throw error;
      const { message, next = "" } = error;
      return { migrations, broken: [{ kind: "unreadable", migration: file.name, message, next }] };
    }
  }
  return { migrations, broken: [] };
}

function hasBeenLive({ publish, previousVersionId }: MetadataRow): boolean {
  return publish === "done" || previousVersionId !== null;
}

/** Whether a step writes a workflow. */
export function isChange({ action }: Step): boolean {
  return action === "create" || action === "update";
}

/** Workflows as they are, by id. */
export async function readSeen(
  tables: N8nTables,
  { names }: KnownCredentials,
  ids: ReadonlySet<string>,
): Promise<Map<string, Seen>> {
  const seen = new Map<string, Seen>();
  for await (const stored of readWorkflows(tables, { ids: [...ids] })) {
    const content = contentOf(stored, names);
    seen.set(stored.id, { content, hash: contentHash(content), live: stored.activeVersionId !== null });
  }
  return seen;
}
