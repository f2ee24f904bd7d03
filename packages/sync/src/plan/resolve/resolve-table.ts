import type { Catalog, Table } from "@understudy/postgres";
import type { TableRule } from "../../policy/policy.ts";
import type { ColumnPlan, TablePlan } from "../table-plan.ts";
import type { ColumnKey } from "./column-groups.ts";
import type { ColumnTraits } from "./column-traits.ts";
import { decideColumn } from "./decide-column.ts";
import { planDerived } from "./derive.ts";
import type { RuledTable } from "./effective-rules.ts";
import { exclusionConflicts } from "./exclusions.ts";
import { foreignKeyFindings } from "./foreign-keys.ts";
import { partitionKeyConflicts } from "./partition-keys.ts";
import type { Refusal, Unknown } from "./resolution.ts";
import { uniqueConditions } from "./unique-conditions.ts";

/** All that is known of a database when one of its tables is decided. */
export interface DatabaseContext {
  readonly catalog: Catalog;
  readonly ruled: ReadonlyMap<string, RuledTable>;
  readonly traits: ReadonlyMap<ColumnKey, ColumnTraits>;
}

export interface ResolvedTable {
  readonly plan?: TablePlan;
  /** What is decided of a table of which something is not. */
  readonly partial?: TablePlan;
  readonly unknown?: readonly Unknown[];
  readonly refused?: readonly Refusal[];
  readonly notes?: readonly string[];
}

export function resolveTable({ table, rule, because }: RuledTable, context: DatabaseContext): ResolvedTable {
  if (table.extension) return leftToExtension(table, table.extension, rule);
  const aside = setAside[table.kind];
  if (aside) return { plan: withoutRows(table, aside) };
  if (!rule) return { unknown: [{ what: "table", table: table.id }] };
  return rule.rows === "drop" ? { plan: withoutRows(table, because) } : resolveColumns(table, rule, because, context);
}

/** Why the rows of some kinds of tables are never copied. */
const setAside: Readonly<Partial<Record<Table["kind"], string>>> = {
  foreign: "a foreign table: its rows are those of another server",
  "materialized view": "a materialized view: made anew from what was copied",
};

function leftToExtension({ id }: Table, extension: string, rule: TableRule | undefined): ResolvedTable {
  if (rule?.rows !== "copy")
    return {
      notes: [`${id} belongs to extension ${extension}, which makes it; rows that were added to it are not copied`],
    };
  const next = `Say drop for ${id}, or leave it out`;
  return {
    refused: [{ message: `${id}: belongs to extension ${extension}, which makes its rows (${rule.source})`, next }],
  };
}

function withoutRows(table: Table, because: string): TablePlan {
  return { table, action: "drop rows", because, where: undefined, columns: [] };
}

function resolveColumns(table: Table, rule: TableRule, because: string, context: DatabaseContext): ResolvedTable {
  const keys = foreignKeyFindings(table, rule, context.ruled);
  const decided = table.columns.map((column) =>
    decideColumn(table, column, rule, keys.nulled.get(column.name), context),
  );
  const plans = decided.flatMap(({ plan }) => plan ?? []);
  const derived = decided.map(({ derive }) => derive && planDerived(table, derive, plans));
  const unknown = decided.flatMap((one) => one.unknown ?? []);
  const refused = [
    ...keys.refused,
    ...uniqueConditions(table, rule),
    ...exclusionConflicts(table, rule),
    ...partitionKeyConflicts(table, rule, context.ruled),
    ...[...decided, ...derived].flatMap((one) => one?.refused ?? []),
  ];
  const columns = decided.flatMap(({ plan }, index): ColumnPlan[] => [plan ?? derived[index]?.plan ?? []].flat());
  const notes = [...keys.nulled].map(([column, why]) => `${table.id}.${column} becomes NULL: ${why}`);
  const plan: TablePlan = { table, action: "copy", because, where: rule.where, columns };
  return { [columns.length === table.columns.length ? "plan" : "partial"]: plan, unknown, refused, notes };
}
