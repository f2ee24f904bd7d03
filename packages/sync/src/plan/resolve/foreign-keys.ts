import type { ForeignKey, Table } from "@understudy/postgres";
import type { ColumnRule, TableRule } from "../../policy/policy.ts";
import { own, type RuledTable, sameColumnRule } from "./effective-rules.ts";
import { inWords } from "./in-words.ts";
import type { Refusal } from "./resolution.ts";

/** What the foreign keys of a table ask of its columns. */
export interface ForeignKeyFindings {
  readonly refused: readonly Refusal[];
  /** Columns that must become NULL, each with why: the row that they refer to is not copied. */
  readonly nulled: ReadonlyMap<string, string>;
}

/** @param ruled every table of the database, by its id */
export function foreignKeyFindings(
  table: Table,
  rule: TableRule,
  ruled: ReadonlyMap<string, RuledTable>,
): ForeignKeyFindings {
  const refused: Refusal[] = [];
  const nulled = new Map<string, string>();
  for (const key of table.foreignKeys) {
    const target = ruled.get(key.references);
    // One that is unknown stops the copy by itself.
    if (!target?.rule) continue;
    refused.push(...halfNull(table, rule, key));
    if (target.rule.rows === "copy") {
      refused.push(
        ...conflicts(table, rule, key, target.rule),
        ...computed(table, rule, key, target.table, target.rule),
      );
    } else if (!key.columns.some((name) => own(rule.columns, name)?.kind === "null")) {
      const columns = nullable(table, key);
      if (columns.length === 0) refused.push(rowsMissing(table, key));
      for (const column of columns) nulled.set(column, `${key.references} is copied without its rows`);
    }
  }
  return { refused, nulled };
}

/** Columns of both sides must be masked alike; which of them need distinct values follows from the referenced side. */
function conflicts(table: Table, rule: TableRule, key: ForeignKey, target: TableRule): Refusal[] {
  return key.columns.flatMap((column, index) => {
    const referenced = key.referencedColumns[index] ?? "";
    const [here, there] = [own(rule.columns, column), own(target.columns, referenced)];
    if (!here || !there || here.kind === "null" || sameColumnRule(comparable(here), comparable(there))) return [];
    return {
      message: `${table.id}.${column}: foreign key ${key.name} leads to ${key.references}.${referenced}, and the policy treats the two differently: ${inWords(here)} here (${here.source}), ${inWords(there)} there (${there.source})`,
      next: "Say the same of both",
    };
  });
}

/** MATCH FULL refuses rows of which a part of the key is NULL. */
function halfNull(table: Table, rule: TableRule, { name, columns, full }: ForeignKey): Refusal[] {
  const isNull = columns.map((column) => own(rule.columns, column)?.kind === "null");
  if (!full || isNull.every((one) => one === isNull[0])) return [];
  return [
    {
      message: `${table.id}.${columns.join(", ")}: foreign key ${name} is MATCH FULL, and the policy says null of a part of it`,
      next: "Say null of all of its columns, or of none",
    },
  ];
}

/** Columns that are computed from masked ones: masks that keep a key are not computed alike on both sides. */
function computed(table: Table, rule: TableRule, key: ForeignKey, target: Table, targetRule: TableRule): Refusal[] {
  return [
    ...key.columns.map((name) => ({ of: table, rule, name })),
    ...key.referencedColumns.map((name) => ({ of: target, rule: targetRule, name })),
  ].flatMap(({ of, rule, name }) => {
    const { formula } = of.columns.find((column) => column.name === name) ?? {};
    const masked = formula?.columns.find((source) => own(rule.columns, source)?.kind !== "keep");
    if (masked === undefined) return [];
    return {
      message: `${of.id}.${name}: is in foreign key ${key.name} of ${table.id} and computed from ${masked}, which is not kept`,
      next: `Say keep for ${masked}`,
    };
  });
}

function rowsMissing(table: Table, { name, columns, references }: ForeignKey): Refusal {
  return {
    message: `${table.id}.${columns.join(", ")}: foreign key ${name} leads to ${references}, whose rows are not copied, and the column is NOT NULL`,
    next: `Say drop for ${table.id} too, or copy ${references}`,
  };
}

/** One that another foreign key needs stays where it can. */
function nullable(table: Table, key: ForeignKey): string[] {
  const free = key.columns.filter((name) =>
    table.columns.some((column) => column.name === name && !column.notNull && !column.generated),
  );
  if (key.full) return free.length === key.columns.length ? free : [];
  const unshared = free.filter(
    (name) => !table.foreignKeys.some((other) => other !== key && other.columns.includes(name)),
  );
  return unshared.length ? unshared : free;
}

function comparable(rule: ColumnRule): ColumnRule {
  return rule.kind === "mask" ? { ...rule, distinct: true } : rule;
}
