import { UserError } from "@understudy/core";
import { callsOf } from "../content/calls.ts";
import type { Content } from "../content/content.ts";
import { contentOf, type StoredWorkflow } from "../content/stored.ts";
import type { MigrationFolder } from "../file/folder.ts";
import type { Migration } from "../file/migration.ts";
import { nextTimestamp } from "../file/name.ts";
import { scan } from "../scan/scan.ts";
import type { WorkflowSource } from "../source/source.ts";
import { structureProblems } from "../validate/structure.ts";
import { planMigration } from "./plan-migration.ts";

export interface MakeOptions {
  /** What may stand in migrations: the setting `workflows.allowedValues`. */
  readonly allowed: readonly string[];
  /** Whether a workflow is to be live wherever it may be. */
  readonly publish: (stored: StoredWorkflow) => boolean;
  readonly notes: string | undefined;
  /** ms since the epoch. */
  readonly now: number;
}

/** What came of making migrations. */
export interface Made {
  readonly migrations: readonly Migration[];
  /** Names of workflows that are as their newest migration has them. */
  readonly unchanged: readonly string[];
  /** Workflows that these call, and that no migration has. */
  readonly missing: readonly { readonly id: string; readonly caller: string }[];
}

/**
 * Make the migrations of workflows as they are; nothing is written.
 * @throws UserError that names every secret and personal detail that is in the way, a workflow that n8n could not run, and one of which
 *   the environment lacks a migration
 */
export async function makeMigrations(
  source: WorkflowSource,
  folder: MigrationFolder,
  ids: readonly string[],
  options: MakeOptions,
): Promise<Made> {
  const names = await source.credentialNames();
  const has = await source.migrations();
  const files = folder.files();
  const earlier = Map.groupBy(
    files.map((file) => file.summary()),
    ({ workflowId }) => workflowId,
  );
  const taken = new Set(files.map(({ name }) => name));
  const timestamp = nextTimestamp(options.now, [...taken]);
  const migrations: Migration[] = [];
  const unchanged: string[] = [];
  const flaws: string[] = [];
  const called = new Map<string, string>();
  for await (const stored of source.workflows({ ids })) {
    const content = contentOf(stored, names);
    for (const id of callsOf(content)) called.set(id, content.name);
    const planned = planMigration({
      ...{ stored, content, timestamp, taken, from: source, notes: options.notes },
      earlier: earlier.get(stored.id) ?? [],
      has,
      publish: options.publish(stored),
    });
    if (planned.kind === "behind") throw behind(content.name, planned.name);
    if (planned.kind === "unchanged") unchanged.push(content.name);
    if (planned.kind !== "new") continue;
    flaws.push(...flawsOf(content, options.allowed));
    taken.add(planned.migration.name);
    migrations.push(planned.migration);
  }
  if (flaws.length) throw flawed(flaws);
  const known = new Set([...earlier.keys(), ...ids]);
  const missing = [...called].filter(([id]) => !known.has(id)).map(([id, caller]) => ({ id, caller }));
  return { migrations, unchanged, missing };
}

/** Ids of workflows, and of all that they call, directly or not, as far as they are there. */
export async function withCalled(source: WorkflowSource, ids: readonly string[]): Promise<string[]> {
  const all = new Set(ids);
  for (let next = [...all]; next.length; ) {
    const called = new Set<string>();
    for await (const { nodes, settings } of source.workflows({ ids: next })) {
      for (const id of callsOf({ nodes, settings: settings ?? {} })) if (!all.has(id)) called.add(id);
    }
    for (const id of called) all.add(id);
    next = [...called];
  }
  return [...all];
}

function flawsOf(content: Content, allowed: readonly string[]): string[] {
  return [
    ...structureProblems(content).map((problem) => `"${content.name}": ${problem}`),
    ...scan(content, allowed).map(
      ({ where, kind, shown }) => `"${content.name}" has ${kind} in it: ${where} (${shown})`,
    ),
  ];
}

function flawed(flaws: readonly string[]): UserError {
  const [first = ""] = flaws;
  const next =
    "Put it into a credential or a variable of n8n; what may be there is named under workflows.allowedValues in understudy.yml";
  return new UserError(
    flaws.length === 1 ? first : `Nothing was written:\n${flaws.map((flaw) => `  ${flaw}`).join("\n")}`,
    { next },
  );
}

function behind(workflow: string, migration: string): UserError {
  return new UserError(`"${workflow}" has a migration that is not applied here yet: ${migration}`, {
    next: "Apply it first: pnpm n8n:migrate-up",
  });
}
