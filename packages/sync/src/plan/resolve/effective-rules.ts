import { isDeepStrictEqual } from "node:util";
import type { Table } from "@understudy/postgres";
import type { ColumnRule, DatabasePolicy, TableRule } from "../../policy/policy.ts";

/** A table with what the policy says of it: itself, or through what it is a partition of or inherits from. */
export interface RuledTable {
  readonly table: Table;
  /** Undefined: the policy does not know the table. */
  readonly rule: TableRule | undefined;
  readonly because: string;
}

/** The rule of every table. One of its own comes first, column by column; then that of its parents, where they agree. */
export function effectiveRules(policy: DatabasePolicy | undefined, tables: readonly Table[]): RuledTable[] {
  const byId = new Map(tables.map((table) => [table.id, table]));
  const known = new Map<string, RuledTable>();
  const ruled = (table: Table): RuledTable => {
    const found = known.get(table.id);
    if (found) return found;
    const parents = table.parents.flatMap((id) => byId.get(id) ?? []);
    const result = combine(table, ruleOf(policy, table.id), parents.map(ruled));
    known.set(table.id, result);
    return result;
  };
  return tables.map(ruled);
}

/** A name with a star is for tables that a service makes as it runs; such a rule can only drop their rows. */
function ruleOf(policy: DatabasePolicy | undefined, table: string): TableRule | undefined {
  const tables = policy?.tables ?? {};
  const pattern = Object.keys(tables).find((name) => name.includes("*") && matches(name, table));
  return own(tables, table) ?? (pattern === undefined ? undefined : own(tables, pattern));
}

function matches(pattern: string, table: string): boolean {
  return new RegExp(`^${pattern.split("*").map(RegExp.escape).join(".*")}$`, "s").test(table);
}

function combine(table: Table, rule: TableRule | undefined, parents: readonly RuledTable[]): RuledTable {
  const inherited = agreed(parents.map((parent) => parent.rule));
  if (!rule) {
    const relation = table.kind === "partition" ? "partition of" : "inherits from";
    return { table, rule: inherited, because: `${relation} ${table.parents.join(", ")}` };
  }
  if (rule.rows === "drop" || inherited?.rows !== "copy") return { table, rule, because: rule.source };
  const columns = { ...inherited.columns, ...rule.columns };
  return { table, rule: { ...rule, where: rule.where ?? inherited.where, columns }, because: rule.source };
}

function agreed(rules: readonly (TableRule | undefined)[]): TableRule | undefined {
  const [first, ...others] = rules;
  if (!first || !others.every((other) => other?.rows === first.rows && other.where === first.where)) return undefined;
  const all = [first, ...(others as readonly TableRule[])];
  const names = new Set(all.flatMap(({ columns }) => Object.keys(columns)));
  const columns = [...names].flatMap((name) => {
    const said = all.flatMap((rule) => own(rule.columns, name) ?? []);
    return said.every((rule) => sameColumnRule(rule, said[0])) ? [[name, said[0] as ColumnRule] as const] : [];
  });
  return { ...first, columns: Object.fromEntries(columns) };
}

/** Whether two rules say the same, wherever they were written. */
export function sameColumnRule(a: ColumnRule | undefined, b: ColumnRule | undefined): boolean {
  const said = (rule: ColumnRule | undefined): unknown =>
    JSON.parse(JSON.stringify(rule ?? null, (key, value) => (key === "source" ? undefined : value)));
  return isDeepStrictEqual(said(a), said(b));
}

/** A name may be that of a property that every object has, such as `constructor`. */
export function own<Value>(record: Readonly<Record<string, Value>> | undefined, name: string): Value | undefined {
  return record && Object.hasOwn(record, name) ? record[name] : undefined;
}
