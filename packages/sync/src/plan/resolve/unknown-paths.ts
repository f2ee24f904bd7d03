import { type Connection, quoteTable } from "@understudy/postgres";
import { inParallel } from "../../in-parallel.ts";
import type { TablePlan } from "../table-plan.ts";
import type { Unknown } from "./resolution.ts";
import { withoutValueKeys } from "./value-keys.ts";

/** Most paths that are told of one column: one that is open-shaped has as many as rows. */
const most = 50;

/**
 * Every path in production's documents that the policy does not know. Reads each JSON column that is ruled by path, whole.
 * @param sessions of one moment; they share the columns among them.
 */
export async function findUnknownPaths(
  sessions: readonly Connection[],
  plans: readonly TablePlan[],
): Promise<Unknown[]> {
  const ruled = plans.flatMap((plan) =>
    plan.columns.flatMap(({ column, unknownPath }) => (unknownPath ? [{ plan, column, unknownPath }] : [])),
  );
  const found = new Map<(typeof ruled)[number], Unknown[]>();
  await inParallel(sessions, ruled, async (session, one) => {
    const rows = await session.query<{ path: string }>(unknownPathsSql(one.plan, one.unknownPath));
    const place = { what: "path", table: one.plan.table.id, column: one.column.name } as const;
    found.set(
      one,
      rows.map(({ path }) => ({ ...place, path })),
    );
  });
  return ruled.flatMap((one) => found.get(one) ?? []);
}

/** One path a document: others come to light when those are ruled. */
function unknownPathsSql({ table, where }: TablePlan, unknownPath: string): string {
  const rows = `SELECT ${unknownPath} AS path FROM ONLY ${quoteTable(table)}${where ? ` WHERE ${where}` : ""}`;
  const path = withoutValueKeys("path");
  return `SELECT ${path} AS path FROM (${rows}) AS found WHERE path IS NOT NULL GROUP BY 1 ORDER BY 1 LIMIT ${most}`;
}
