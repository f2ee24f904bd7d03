import type { Connection } from "@understudy/postgres";

/** Do something whole or not at all. @param rehearse take it back in any case */
export async function inTransaction<T>(
  session: Connection,
  work: () => Promise<T>,
  { rehearse = false }: { readonly rehearse?: boolean } = {},
): Promise<T> {
  await session.query("BEGIN");
  try {
    const done = await work();
    await session.query(rehearse ? "ROLLBACK" : "COMMIT");
    return done;
  } catch (error) {
    // A lost connection has rolled back already, and its own error says more.
    await session.query("ROLLBACK").catch(() => {});
    throw error;
  }
}
