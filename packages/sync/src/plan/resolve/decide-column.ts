import { UserError } from "@understudy/core";
import { type Column, quoteName, type Table } from "@understudy/postgres";
import type { MaskContext } from "../../mask/compile.ts";
import type { ColumnRule, TableRule } from "../../policy/policy.ts";
import type { ColumnPlan } from "../table-plan.ts";
import { columnKey } from "./column-groups.ts";
import { type Derive, derivedByTrigger } from "./derive.ts";
import { own } from "./effective-rules.ts";
import { namesQuery } from "./names-query.ts";
import { planColumn, planGenerated } from "./plan-column.ts";
import type { Refusal, Unknown } from "./resolution.ts";
import type { DatabaseContext } from "./resolve-table.ts";

/** One of these: a plan, something that is computed from the plans of other columns, or why there is none. */
export interface DecidedColumn {
  readonly plan?: ColumnPlan;
  readonly derive?: Derive;
  readonly unknown?: Unknown;
  readonly refused?: Refusal;
}

/** @param nulled why the column must become NULL whatever its rule says */
export function decideColumn(
  table: Table,
  column: Column,
  { columns }: TableRule,
  nulled: string | undefined,
  context: DatabaseContext,
): DecidedColumn {
  const place = `${table.id}.${column.name}`;
  const said = own(columns, column.name);
  if (column.generated) return generated(place, column, said);
  if (!said) {
    const sql = derivedByTrigger(table, column);
    if (sql) return { derive: { column, sql, because: "kept by a trigger of Postgres" } };
    return { unknown: { what: "column", table: table.id, column: column.name } };
  }
  if (said.kind === "derive") return { derive: { column, sql: said.sql, because: said.source } };
  const rule = nulled ? { kind: "null" as const, source: nulled } : said;
  if (rule.kind === "null" && column.notNull) {
    return refuse(`${place}: is NOT NULL, and the policy says null (${rule.source})`, "Say { mask: fixed, value: … }");
  }
  if (column.numbered && rule.kind !== "keep") {
    return refuse(
      `${place}: gets its numbers from a sequence, which would not go on behind other ones (${rule.source})`,
      `Say keep for ${column.name}`,
    );
  }
  try {
    return { plan: planColumn(column, rule, maskContext(table, column, rule, context)) };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return refuse(error.message, error.next ?? `Say something else at ${rule.source}`);
  }
}

function generated(place: string, column: Column, said: ColumnRule | undefined): DecidedColumn {
  if (!said || said.kind === "keep") return { plan: planGenerated(column) };
  const next = "Leave it out, and say what happens to the columns that it is computed from";
  return refuse(`${place}: is computed from other columns and can have no rule of its own (${said.source})`, next);
}

/** @throws UserError for a column that the rule names and that is not there */
function maskContext(
  table: Table,
  column: Column,
  rule: ColumnRule,
  { catalog, traits }: DatabaseContext,
): MaskContext {
  const place = `${table.id}.${column.name}`;
  const trait = traits.get(columnKey(table.id, column.name));
  const { person, options = {} } = rule.kind === "mask" ? rule : {};
  if (person !== undefined && !table.columns.some(({ name }) => name === person)) {
    throw new UserError(`${place}: person: ${table.id} has no column "${person}" (${rule.source})`);
  }
  const said = Array.isArray(options.names) ? (options.names as readonly string[]) : [];
  const { sql: names, missing } = namesQuery(said, catalog);
  if (missing.length) {
    throw new UserError(`${place}: names: there is no column ${missing.join(", ")} (${rule.source})`, {
      next: "Name columns of this database as schema.table.column",
    });
  }
  return {
    table: table.id,
    rows: trait?.rows ?? 0,
    distinct: trait?.distinct !== undefined,
    person: person === undefined ? undefined : `${quoteName(person)}::text`,
    names,
    ...(trait?.maxLength === undefined ? {} : { maxLength: trait.maxLength }),
  };
}

function refuse(message: string, next: string): DecidedColumn {
  return { refused: { message, next } };
}
