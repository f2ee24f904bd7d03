import { type Connection, quoteName, type UniqueIndex } from "@understudy/postgres";
import { changedColumns } from "./changed-columns.ts";
import { holdsRows } from "./jobs.ts";
import { maskedRows } from "./masked-rows.ts";
import { maskRefusal } from "./probe-masks.ts";
import type { TablePlan } from "./table-plan.ts";

/**
 * Look whether unique indexes hold in the copy of which masks alone do not say so: over expressions, generated or derived columns,
 * parts of documents. Masks all rows of such a table. @throws UserError naming table and index.
 */
export async function tryUniques(reader: Connection, plans: readonly TablePlan[]): Promise<void> {
  for (const plan of plans.filter(({ action, table }) => action === "copy" && holdsRows(table.kind))) {
    for (const index of plan.table.uniques.filter((one) => isDoubtful(plan, one))) {
      const equal = await reader.query(collisionSql(plan, index));
      if (equal.length)
        throw maskRefusal(plan, `masked values would be equal that the unique index "${index.name}" keeps apart`);
    }
  }
}

/** One row where rows of the copy would meet in an index. */
function collisionSql(plan: TablePlan, index: UniqueIndex): string {
  const keys = [...index.columns.map(quoteName), ...expressionsOf(plan, index)];
  const conditions = [
    ...(index.predicate === undefined ? [] : [`(${index.predicate})`]),
    ...(index.nullsEqual ? [] : keys.map((key) => `(${key}) IS NOT NULL`)),
  ];
  const where = conditions.length ? ` WHERE ${conditions.join(" AND ")}` : "";
  return `SELECT 1 FROM ${maskedRows(plan)}${where} GROUP BY ${keys.join(", ")} HAVING count(*) > 1 LIMIT 1`;
}

/** Exclusion constraints are decided by their operators, see plan/resolve/exclusions.ts. */
function isDoubtful(plan: TablePlan, index: UniqueIndex): boolean {
  const changed = changedColumns(plan);
  if (plan.table.exclusions.some(({ name }) => name === index.name)) return false;
  if (!index.dependsOn.some((name) => changed.has(name))) return false;
  const apart = plan.columns.filter((one) => staysApart(one, index)).map(({ column }) => column.name);
  const surely = new Set(apart.flatMap((name) => [quoteName(name), ...lowered(name)]));
  const keys = [...index.columns.filter((name) => changed.has(name)).map(quoteName), ...expressionsOf(plan, index)];
  return keys.some((key) => !surely.has(key));
}

/** Masks under a unique index are distinct; of a document, only its masked parts are. */
function staysApart({ action, unknownPath }: TablePlan["columns"][number], { nullsEqual }: UniqueIndex): boolean {
  return action === "keep" || (action === "mask" && unknownPath === undefined) || (action === "null" && !nullsEqual);
}

/** Masks that are distinct are so in small letters too. As pg_get_indexdef writes it. */
function lowered(name: string): string[] {
  return [name, quoteName(name)].flatMap((one) => [`lower(${one})`, `lower((${one})::text)`]);
}

function expressionsOf({ table }: TablePlan, { name }: UniqueIndex): string[] {
  return table.computations.filter((one) => one.name === name && one.part === "key").map(({ sql }) => sql);
}
