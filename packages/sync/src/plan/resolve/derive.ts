import { type Column, quoteLiteral, quoteName, type Table } from "@understudy/postgres";
import type { ColumnPlan } from "../table-plan.ts";
import { mentions } from "./mentions.ts";
import type { Refusal } from "./resolution.ts";

/** A column that is computed from the others as they are masked. */
export interface Derive {
  readonly column: Column;
  /** Over the table's columns. */
  readonly sql: string;
  readonly because: string;
}

/** How a trigger function of Postgres' own keeps a tsvector column, as SQL over the columns that it comes from. */
export function derivedByTrigger({ triggers }: Table, { name, shape }: Column): string | undefined {
  if (shape.base !== "tsvector" || shape.array) return undefined;
  const trigger = triggers.find((one) => one.enabled && one.arguments[0] === name && one.function in configurations);
  if (!trigger) return undefined;
  const [, configuration = "", ...sources] = trigger.arguments;
  const text = sources.map((source) => `coalesce(${quoteName(source)}::text, '')`).join(" || ' ' || ") || "''";
  return `pg_catalog.to_tsvector((${configurations[trigger.function]?.(configuration)})::regconfig, ${text})`;
}

/** What the second argument of each function is: the configuration, or the column that has it. */
const configurations: Readonly<Record<string, (argument: string) => string>> = {
  "pg_catalog.tsvector_update_trigger": quoteLiteral,
  "pg_catalog.tsvector_update_trigger_column": quoteName,
};

/**
 * @param others plans of the columns that are not derived
 * @returns refused where its SQL could see a raw value, or one that is not there yet
 */
export function planDerived(
  table: Table,
  { column, sql, because }: Derive,
  others: readonly ColumnPlan[],
): { plan?: ColumnPlan; refused?: Refusal } {
  const visible = others.filter(({ action }) => action !== "generated");
  const hidden = table.columns.filter(({ name }) => !visible.some((plan) => plan.column.name === name));
  const place = `${table.id}.${column.name}`;
  const computed = hidden.find(({ name }) => mentions(sql, name));
  if (computed) {
    const message = `${place}: derive names ${computed.name}, which is itself computed, or not decided (${because})`;
    return { refused: { message, next: "Derive from columns that are kept or masked" } };
  }
  if (new RegExp(`${RegExp.escape(table.schema)}"?\\s*\\.\\s*"?${RegExp.escape(table.name)}`, "iu").test(sql)) {
    const message = `${place}: derive names ${table.id}, which would be the raw row (${because})`;
    return { refused: { message, next: "Name columns without their table" } };
  }
  const expression = `${overMasked(sql, table, visible)}::${column.type}`;
  return {
    plan: {
      column,
      action: "derive",
      how: `derive: ${sql}`,
      because,
      expression,
      personal: [],
    },
  };
}

/** The masked row stands under the table's own name with all its columns, so that nothing in the SQL can mean the raw row around it. */
function overMasked(sql: string, table: Table, visible: readonly ColumnPlan[]): string {
  const columns = visible.map(({ column, expression }) => `${expression} AS ${quoteName(column.name)}`);
  return `(SELECT ${sql} FROM (SELECT ${columns.join(", ")}) AS ${quoteName(table.name)})`;
}
