import type { Dice } from "./dice.ts";
import type { ColumnModel, TableModel } from "./model.ts";

/** Mostly what fits; sometimes whatever there is. Columns that refer to others follow them. */
export function choosePolicy(dice: Dice, tables: readonly TableModel[]): void {
  for (const { columns, partitions } of tables) {
    for (const column of columns.filter(({ value, refersTo }) => value !== undefined && !refersTo)) {
      column.rule = randomRule(dice, column, column === partitions?.column);
    }
  }
  for (const column of tables.flatMap(({ columns }) => columns)) {
    const { refersTo, type, rule } = column;
    // What is left out must not stand where it refers to.
    const mayBeNull = rule === null && !(type.tagged && refersTo?.rule === "keep");
    if (refersTo && !mayBeNull) column.rule = refersTo.rule;
  }
}

function randomRule(dice: Dice, { type, suffix, isUnique }: ColumnModel, isPartitionKey: boolean): unknown {
  if (dice.chance(1)) return dice.one(["keep", ...type.masks]);
  if (isPartitionKey && !dice.chance(10)) return "keep";
  if (suffix === "serial" || suffix.startsWith("GENERATED")) return "keep";
  return dice.one(["keep", ...(isUnique ? type.distinct : type.masks), ...(suffix === "" ? [null] : [])]);
}
