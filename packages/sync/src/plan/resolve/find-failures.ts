import { type Connection, quoteTable } from "@understudy/postgres";
import type { TablePlan } from "../table-plan.ts";
import type { Refusal } from "./resolution.ts";

/**
 * Values that no mask of their column can take, such as an array of several dimensions: told for each column once, by a value of
 * any of its rows. Reads each column whose masks may fail, whole.
 */
export async function findFailures(session: Connection, plans: readonly TablePlan[]): Promise<Refusal[]> {
  const refused: Refusal[] = [];
  for (const plan of plans) {
    for (const { failures = [], because } of plan.columns) {
      for (const failure of failures) {
        const [found] = await session.query<{ why: string }>(failureSql(plan, failure));
        if (!found) continue;
        refused.push({
          message: `${plan.table.id}.${found.why} (${because})`,
          next: "Say keep, null, fixed or a rule for it",
        });
      }
    }
  }
  return refused;
}

function failureSql({ table, where }: TablePlan, failure: string): string {
  const rows = `SELECT (${failure} LIMIT 1) AS why FROM ONLY ${quoteTable(table)}${where ? ` WHERE ${where}` : ""}`;
  return `SELECT why FROM (${rows}) AS found WHERE why IS NOT NULL LIMIT 1`;
}
