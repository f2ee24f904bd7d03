import { messageOf, UserError } from "@understudy/core";
import { type Connection, quoteName } from "@understudy/postgres";
import { changedColumns } from "./changed-columns.ts";
import { maskedRows } from "./masked-rows.ts";
import type { TablePlan } from "./table-plan.ts";

/** Rows of each table that are masked on trial. */
const trial = 1_000;

/**
 * Mask some rows of each table and look whether its constraints still hold and its indexes, generated columns and statistics can be
 * computed: what cannot hold is refused before anything is copied. Only reads. @throws UserError naming table, constraint and what to do.
 */
export async function probeMasks(reader: Connection, plans: readonly TablePlan[]): Promise<void> {
  for (const plan of plans) {
    const sql = probeSql(plan);
    if (!sql) continue;
    const [counts = {}] = await reader.query<Record<string, number>>(sql).catch((error) => {
      throw maskRefusal(plan, `its masked values do not fit: ${messageOf(error)}`, error);
    });
    const broken = conditions(plan).find((_, index) => counts[`c${index}`]);
    if (broken) throw maskRefusal(plan, `its masked values would break the constraint "${broken.name}"`);
  }
}

/** Counts, by constraint, of trial rows that break it; undefined where nothing of a table is changed. */
export function probeSql(plan: TablePlan): string | undefined {
  const changed = [...changedColumns(plan)];
  if (plan.action !== "copy" || changed.length === 0) return undefined;
  const broken = conditions(plan).map(({ sql }, index) => `count(*) FILTER (WHERE NOT (${sql}))::int AS c${index}`);
  // What is counted is computed.
  const computed = [...changed.map(quoteName), ...plan.table.computations.map(({ sql }) => sql)].map(
    (sql, index) => `count((${sql}))::int AS v${index}`,
  );
  return `SELECT ${[...broken, ...computed].join(", ")} FROM ${maskedRows(plan, trial)}`;
}

/** That a mask cannot hold in a table, in words. */
export function maskRefusal({ table, because }: TablePlan, what: string, cause?: unknown): UserError {
  return new UserError(`${table.id}: ${what}`, {
    next: `Choose other masks for it (${because}); docs/sanitization.md has them all`,
    cause,
  });
}

/** What every row must hold to; null counts as held. */
function conditions({ table, columns }: TablePlan): { readonly name: string; readonly sql: string }[] {
  const filled = columns.filter(
    ({ column, action }) => column.notNull && (action === "generated" || action === "derive"),
  );
  return [
    ...table.checks.map(({ name, expression }) => ({ name, sql: expression })),
    ...filled.map(({ column: { name } }) => ({ name: `${name} NOT NULL`, sql: `${quoteName(name)} IS NOT NULL` })),
  ];
}
