import type { Change } from "../packet/change.ts";
import type { Row } from "../values/kind.ts";

/** The version in which each column was last changed; `*` stands for those that are not named. */
export type FieldVersions = Readonly<Record<string, number>>;

export interface Merged {
  readonly row: Row;
  /** Columns that both changed, to different values. */
  readonly clashes: readonly string[];
}

/** Both sides' columns in one row. @param incomingWins whose value stands where both changed a column */
export function mergeFields(
  change: Pick<Change, "base_version" | "changed">,
  incoming: Row,
  current: { readonly version: number; readonly fields: FieldVersions | null },
  row: Row,
  incomingWins: boolean,
): Merged {
  const merged: Record<string, string | null> = { ...row };
  const clashes: string[] = [];
  for (const column of change.changed ?? Object.keys(incoming)) {
    const value = incoming[column];
    const theirs = row[column];
    if (value === undefined || value === theirs) continue;
    if (column === "updated_at") {
      if ((value ?? "") > (theirs ?? "")) merged[column] = value;
      continue;
    }
    const clash = changedSince(change.base_version, column, current);
    if (clash) clashes.push(column);
    if (!clash || incomingWins) merged[column] = value;
  }
  return { row: merged, clashes };
}

/** The versions after a write. @param changed null: all columns */
export function fieldVersions(
  before: FieldVersions | null,
  changed: readonly string[] | null,
  version: number,
): FieldVersions {
  if (!changed || !before) return { "*": version };
  return { ...before, ...Object.fromEntries(changed.map((column) => [column, version])) };
}

function changedSince(
  base: number,
  column: string,
  { version, fields }: { readonly version: number; readonly fields: FieldVersions | null },
): boolean {
  return (fields?.[column] ?? fields?.["*"] ?? version) > base;
}
