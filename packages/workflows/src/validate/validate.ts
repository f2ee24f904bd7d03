import { messageOf, UserError } from "@understudy/core";
import { callsOf } from "../content/calls.ts";
import type { MigrationFile } from "../file/folder.ts";
import type { Migration } from "../file/migration.ts";
import { scan } from "../scan/scan.ts";
import { idProblems, structureProblems } from "./structure.ts";

/** Something that keeps a migration from being merged. */
export interface Issue {
  readonly migration: string;
  readonly message: string;
  readonly next: string;
}

/**
 * Look at every migration as CI does: that it is as it was written, well-formed, without secrets and details of people, and that what
 * it is based on and calls is there. Reads nothing but the files. @param allowed values that may be in them
 */
export function validate(files: readonly MigrationFile[], allowed: readonly string[]): Issue[] {
  const read = files.map(readable);
  const migrations = read.flatMap((one) => ("issue" in one ? [] : [one.migration]));
  return [
    ...read.flatMap((one) => ("issue" in one ? [one.issue] : [])),
    ...migrations.flatMap((migration) => [...structureIssues(migration), ...scanIssues(migration, allowed)]),
    ...chainIssues(migrations),
    ...callIssues(migrations),
  ].toSorted((a, b) => (a.migration < b.migration ? -1 : a.migration > b.migration ? 1 : 0));
}

function readable(file: MigrationFile): { readonly migration: Migration } | { readonly issue: Issue } {
  try {
    return { migration: file.parse() };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { issue: { migration: file.name, message: messageOf(error), next: error.next ?? "" } };
  }
}

function structureIssues({ name, content, publish }: Migration): Issue[] {
  const problems = [...structureProblems(content), ...(publish ? idProblems(content) : [])];
  return problems.map((problem) => ({
    migration: name,
    message: `"${content.name}": ${problem}`,
    next: "Correct the workflow in n8n, and make the migration anew",
  }));
}

function scanIssues({ name, content }: Migration, allowed: readonly string[]): Issue[] {
  return scan(content, allowed).map(({ where, kind, shown }) => ({
    migration: name,
    message: `"${content.name}" has ${kind} in it: ${where} (${shown})`,
    next: "Take it out of git's history too, and put it into a credential or a variable of n8n",
  }));
}

/** Each migration of a workflow follows the one before it. */
function chainIssues(migrations: readonly Migration[]): Issue[] {
  const bases = new Map<string, string>();
  const made = new Set<string>();
  return migrations.flatMap(({ name, workflowId, basedOn, hash, content }) => {
    const before = basedOn === undefined || made.has(`${workflowId} ${basedOn}`);
    const base = `${workflowId} ${basedOn ?? "none"}`;
    const sibling = bases.get(base);
    bases.set(base, name);
    made.add(`${workflowId} ${hash}`);
    if (sibling) {
      return [
        {
          migration: name,
          message: `"${content.name}": ${name} and ${sibling} are based on the same state, so only one of them can be applied`,
          next: `Remove ${name}, run pnpm n8n:migrate-up, bring both edits together in n8n, and make the migration anew`,
        },
      ];
    }
    if (before) return [];
    return [
      {
        migration: name,
        message: `"${content.name}": ${name} is based on a state that no migration before it has`,
        next: "Bring in the migration that it follows (git pull), or make it anew",
      },
    ];
  });
}

function callIssues(migrations: readonly Migration[]): Issue[] {
  const known = new Set(migrations.map(({ workflowId }) => workflowId));
  const newest = new Map(migrations.map((migration) => [migration.workflowId, migration]));
  return [...newest.values()].flatMap(({ name, content }) =>
    callsOf(content)
      .filter((id) => !known.has(id))
      .map((id) => ({
        migration: name,
        message: `"${content.name}" calls workflow ${id}, which no migration has`,
        next: `Make one of it: pnpm n8n:create-migration --id ${id}`,
      })),
  );
}
