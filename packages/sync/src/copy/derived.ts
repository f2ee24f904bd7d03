import { type Catalog, type Connection, quoteTable } from "@understudy/postgres";
import { inParallel, openSessions } from "../in-parallel.ts";

/**
 * What a server computes from rows, once they are all there: materialized views, in the order that they need each other, and statistics.
 * @param connect opens a session of the copy; so many at a time compute statistics.
 */
export async function refreshDerived(
  connect: () => Promise<Connection>,
  { tables }: Catalog,
  parallel: number,
): Promise<void> {
  await using opened = new AsyncDisposableStack();
  const sessions = await openSessions(connect, parallel, opened);
  const views = tables.filter(({ kind }) => kind === "materialized view");
  // One session, so that they come in order.
  await inParallel(sessions.slice(0, 1), views, async (session, view) => {
    await session.query(`REFRESH MATERIALIZED VIEW ${quoteTable(view)}`);
  });
  // Those of partitions are computed with those of the whole.
  const own = tables.filter(({ kind }) => kind !== "foreign" && kind !== "partition");
  await inParallel(sessions, own, async (session, table) => {
    await session.query(`ANALYZE ${quoteTable(table)}`);
  });
}
