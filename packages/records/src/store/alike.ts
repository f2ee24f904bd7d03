import type { Column, Entity } from "../entity.ts";
import type { Row } from "../values/kind.ts";

/** Rows that say the same columns: one statement writes them all. */
export interface AlikeRows {
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
}

/** Replicas of another schema send other columns: those that they do not know stay as they are. */
export function alikeRows(entity: Entity, rows: readonly Row[]): AlikeRows[] {
  const known = (row: Row) => entity.columns.filter(({ name }) => row[name] !== undefined);
  const alike = Map.groupBy(rows, (row) =>
    known(row)
      .map(({ name }) => name)
      .join(),
  );
  return [...alike.values()].map((group) => ({ columns: known(group[0] ?? {}), rows: group }));
}
