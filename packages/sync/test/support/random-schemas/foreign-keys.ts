import type { Dice } from "./dice.ts";
import type { ColumnModel, TableModel } from "./model.ts";
import { columnList, tableSql } from "./statements.ts";

/** Random references between tables, to themselves and in circles too. */
export function addForeignKeys(dice: Dice, tables: readonly TableModel[]): void {
  const targets = tables.filter((table) => !table.partitions && table.rows > 0 && referable(table).length > 0);
  const parents = tables.map(({ parent }) => parent);
  for (const table of tables) {
    if (table.columns.length === 0 || table.parent || parents.includes(table) || targets.length === 0) continue;
    for (let count = dice.number(0, 2); count > 0; count--) addForeignKey(dice, table, dice.one(targets));
  }
}

function addForeignKey(dice: Dice, table: TableModel, target: TableModel): void {
  const referenced = dice.some(referable(target), { min: 1, max: 2 });
  const nulls = dice.chance(40) ? 3 : 0;
  const rule = nulls && dice.chance(10) ? null : "keep";
  const columns = referenced.map(
    (refersTo): ColumnModel => ({
      ...{
        name: table.names.next(),
        type: refersTo.type,
        tag: refersTo.tag,
        suffix: nulls ? "" : dice.one(["", "NOT NULL"]),
      },
      ...{ value: `(1 + i * 7 % ${target.rows})`, nulls, refersTo, isUnique: false },
      rule,
    }),
  );
  for (const { refersTo, suffix } of columns) {
    if (!refersTo) continue;
    refersTo.isUnique = true;
    // Where one is never NULL, the policy cannot say null of the other.
    if (refersTo.suffix === "") refersTo.suffix = suffix;
  }
  table.columns.push(...columns);
  target.after.push(`CREATE UNIQUE INDEX ON ${tableSql(target)} (${columnList(referenced)})`);
  const form = dice.one(["", " ON DELETE CASCADE", " DEFERRABLE INITIALLY DEFERRED", " MATCH FULL"]);
  table.last.push(
    `ALTER TABLE ${tableSql(table)} ADD FOREIGN KEY (${columnList(columns)}) REFERENCES ${tableSql(target)} (${columnList(referenced)})${form}`,
  );
}

/** What can be referred to: another value in each row. */
function referable({ columns }: TableModel): ColumnModel[] {
  return columns.filter(
    ({ type, nulls, value, refersTo }) => type.key && nulls === 0 && value !== undefined && !refersTo,
  );
}
