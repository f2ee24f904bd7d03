import type { Common } from "../common.ts";
import type { Changes, Sides, WorkflowChange } from "../plan/changes.ts";

/** Named of each kind, at most. */
const named = 8;

/** What both sides did since the snapshot that they have in common; for people. */
export function showChanges({ tables, workflows }: Changes, common: Common | undefined): string[] {
  const since = common
    ? `Since the common snapshot of ${common.exportDate} (${common.exportedBy})`
    : "No common snapshot is known";
  const names = ({ mine, theirs, both }: Sides<WorkflowChange>): Sides<string> => ({
    mine: mine.map(({ name }) => name),
    theirs: theirs.map(({ name }) => name),
    both: both.map(({ name }) => name),
  });
  return [
    `${since}:`,
    ...sideLines("workflows", names(workflows)),
    ...sideLines("tables", tables),
    ...(tables.mine.length + tables.both.length
      ? ["ATTENTION: rows that you changed in tables are replaced by your teammate's; pnpm team:undo brings them back"]
      : []),
  ];
}

function sideLines(what: string, { mine, theirs, both }: Sides<string>): string[] {
  return [
    ...(mine.length ? [`  ${what} that you changed: ${listed(mine)}`] : []),
    ...(theirs.length ? [`  ${what} that they changed: ${listed(theirs)}`] : []),
    ...(both.length ? [`  ${what} that both changed: ${listed(both)}`] : []),
  ];
}

function listed(names: readonly string[]): string {
  const more = names.length - named;
  return `${names.slice(0, named).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}
