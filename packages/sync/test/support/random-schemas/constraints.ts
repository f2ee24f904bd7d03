import { quoteName } from "@understudy/postgres";
import type { Dice } from "./dice.ts";
import type { ColumnModel, TableModel } from "./model.ts";
import { columnList, tableSql } from "./statements.ts";
import { isText, isWhole } from "./types.ts";

/** Random constraints and indexes that the rows keep. Of a partitioned table, unique ones have its key. */
export function addConstraints(dice: Dice, table: TableModel, own: string): void {
  const at = tableSql(table);
  const keys = table.columns.filter(({ type, value }) => type.key && value !== undefined);
  const always = table.partitions ? [table.partitions.column] : [];
  const uniques = keys.filter((column) => !always.includes(column));
  const primary = [
    ...always,
    ...dice.some(
      uniques.filter(({ nulls }) => nulls === 0),
      { max: 2 },
    ),
  ];
  if (primary.length && dice.chance(60)) {
    for (const column of primary) {
      column.isUnique = true;
      if (column.suffix === "") column.suffix = "NOT NULL";
    }
    table.after.push(`ALTER TABLE ${at} ADD PRIMARY KEY (${columnList(primary)})${deferred(dice)}`);
  }
  for (const column of dice.some(uniques, { max: 2 })) {
    column.isUnique = true;
    table.after.push(dice.one(uniqueForms(at, column, always, quoteName(own), dice)));
  }
  for (const column of dice.some(table.columns, { max: 2 })) {
    const form = dice.one(otherForms(at, column, always.length === 0, dice));
    if (form) table.after.push(form);
  }
}

function uniqueForms(
  at: string,
  column: ColumnModel,
  always: readonly ColumnModel[],
  own: string,
  dice: Dice,
): string[] {
  const name = quoteName(column.name);
  const both = columnList([column, ...always]);
  const plain = [
    `ALTER TABLE ${at} ADD UNIQUE (${both})`,
    `ALTER TABLE ${at} ADD UNIQUE (${both})${deferred(dice)}`,
    ...(column.nulls ? [] : [`ALTER TABLE ${at} ADD UNIQUE NULLS NOT DISTINCT (${both})`]),
  ];
  if (always.length) return plain;
  const sql = column.type.sql("");
  const text = isText(sql);
  return [
    ...plain,
    `CREATE UNIQUE INDEX ON ${at} (${name}) WHERE ${name} IS NOT NULL`,
    ...(text
      ? [
          `CREATE UNIQUE INDEX ON ${at} (lower(${name}))`,
          `CREATE UNIQUE INDEX ON ${at} (md5(${name}))`,
          ...(dice.chance(15) ? [`CREATE UNIQUE INDEX ON ${at} (left(${name}, 16))`] : []),
        ]
      : []),
    ...(sql === "integer" && !column.nulls && dice.chance(30)
      ? [`ALTER TABLE ${at} ADD EXCLUDE USING gist (int4range(${name}, ${name}, '[]') WITH &&)`]
      : []),
    ...(sql === "date" && !column.nulls
      ? [`ALTER TABLE ${at} ADD EXCLUDE USING gist (daterange(${name}, ${name} + 1) WITH &&)`]
      : []),
    ...(/^(integer|text|date|uuid)$/.test(sql)
      ? [`ALTER TABLE ${at} ADD EXCLUDE USING gist (${name} ${own}.gist_${opclass[sql]}_ops WITH =)`]
      : []),
  ];
}

const opclass: Readonly<Record<string, string>> = { integer: "int4", text: "text", date: "date", uuid: "uuid" };

/** Checks and indexes that are not unique, of columns that a mask may change. */
function otherForms(at: string, column: ColumnModel, mayBeUnique: boolean, dice: Dice): (string | undefined)[] {
  const name = quoteName(column.name);
  const sql = column.type.sql("");
  if (isText(sql)) {
    return [
      `ALTER TABLE ${at} ADD CHECK (length(${name}) < 300)`,
      `CREATE INDEX ON ${at} (upper(${name}))`,
      `ALTER TABLE ${at} ADD CHECK (${name} <> 'never')`,
      ...(column.type.tagged && dice.chance(20)
        ? [`ALTER TABLE ${at} ADD CHECK (${name} = '' OR ${name} LIKE '%@%')`]
        : []),
      ...(column.type.tagged || column.generated || sql !== "text"
        ? []
        : [`CREATE INDEX ON ${at} ((${name}::integer))`]),
    ];
  }
  if (isWhole(sql)) {
    return [
      `ALTER TABLE ${at} ADD CHECK (${name} >= 0)`,
      `CREATE INDEX ON ${at} ((${name} + 1))`,
      `CREATE INDEX ON ${at} (${name}) WHERE ${name} > 3`,
    ];
  }
  if (mayBeUnique && dice.chance(30) && /^jsonb?$/.test(sql))
    return [`CREATE UNIQUE INDEX ON ${at} ((${name} ->> 'mail'))`];
  return [
    `COMMENT ON COLUMN ${at}.${name} IS 'what; it "is"'`,
    ...(column.nulls || column.suffix || column.generated ? [] : [`ALTER TABLE ${at} ADD CHECK (${name} IS NOT NULL)`]),
  ];
}

function deferred(dice: Dice): string {
  return dice.one(["", " DEFERRABLE", " DEFERRABLE INITIALLY DEFERRED"]);
}
