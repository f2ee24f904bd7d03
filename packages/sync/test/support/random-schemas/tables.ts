import { generatedColumns, randomColumn } from "./columns.ts";
import { addConstraints } from "./constraints.ts";
import type { Dice } from "./dice.ts";
import { addForeignKeys } from "./foreign-keys.ts";
import type { ColumnModel, Model, Partitions, TableModel } from "./model.ts";
import { Names } from "./names.ts";
import { choosePolicy } from "./policy.ts";
import { type ColumnType, types } from "./types.ts";
import { addViews } from "./views.ts";

/** A random database whose rows keep its constraints, with a policy for it that mostly can hold. */
export function randomModel(dice: Dice): Model {
  const names = new Names(dice);
  const own = names.next();
  const schemas = [own, ...Array.from({ length: dice.number(0, 2) }, () => names.next())];
  let tags = 0;
  const tag = () => `t${++tags}x`;
  const tables: TableModel[] = [];
  for (let count = dice.number(1, 5); count > 0; count--) {
    tables.push(randomTable(dice, dice.one(schemas), names.next(), tag, tables));
  }
  for (const table of tables) addConstraints(dice, table, own);
  addForeignKeys(dice, tables);
  for (const table of tables) addViews(dice, table, names.next());
  choosePolicy(dice, tables);
  return { own, schemas, tables, sample: dice.chance(25) ? 0.3 : undefined };
}

function randomTable(
  dice: Dice,
  schema: string,
  name: string,
  tag: () => string,
  others: readonly TableModel[],
): TableModel {
  const rows = dice.one([5, 30, 0, 1, 300, 1_200]);
  const names = new Names(dice);
  const basic = { schema, name, rows, names, parent: undefined, partitions: undefined, after: [], last: [] };
  if (dice.chance(5)) return { ...basic, rows: Math.min(rows, 5), columns: [], isDropped: false };
  const isPartitioned = dice.chance(20);
  const columns = Array.from({ length: dice.number(1, 9) }, () => randomColumn(dice, names.next(), tag()));
  const isDropped = dice.chance(10);
  if (isPartitioned) {
    const partitions = randomPartitions(dice, names.next(), tag());
    return { ...basic, columns: [partitions.column, ...columns], partitions, isDropped };
  }
  const parents = others.filter((one) => one.columns.length > 0 && !one.partitions && !one.parent && !one.isDropped);
  const parent = dice.chance(15) && parents.length ? dice.one(parents) : undefined;
  const taken = parent?.columns.map((column) => column.name) ?? [];
  const isFree = ({ name }: ColumnModel) => !taken.includes(name);
  const free = columns.filter(isFree);
  return {
    ...basic,
    parent,
    columns: [...free, ...generatedColumns(dice, free, names).filter(isFree)],
    isDropped: isDropped && !parent,
  };
}

function randomPartitions(dice: Dice, name: string, tag: string): Partitions {
  const by = dice.one(["list", "range", "hash"] as const);
  const type = types.find((one) => one.sql("") === "integer") as ColumnType;
  const column = { name, type, tag, suffix: "NOT NULL" as const, nulls: 0, value: "i", isUnique: false, rule: "keep" };
  return { by, column };
}
