import { setTimeout as sleep } from "node:timers/promises";
import { type Connection, quoteName } from "@understudy/postgres";
import { incomingName, outgoingName } from "../databases/incoming.ts";

/** A database to be swapped; one that was not there before is only put in place. */
export interface DatabaseSwap {
  readonly name: string;
  readonly hadLive: boolean;
}

/** Clients that come back faster than we rename; then it is tried again. */
const attempts = 20;

/** Put the copies of all databases in place of the live ones, in one transaction. */
export async function swapDatabases(admin: Connection, swaps: readonly DatabaseSwap[]): Promise<void> {
  await rename(
    admin,
    swaps.flatMap(({ name, hadLive }) => [
      ...(hadLive ? [[name, outgoingName(name)] as const] : []),
      [incomingName(name), name] as const,
    ]),
  );
}

/** Put the old databases back, whichever of them were renamed; the copies are incoming again. Does nothing when none was. */
export async function undoDatabases(admin: Connection, swaps: readonly DatabaseSwap[]): Promise<void> {
  const found = await admin.query<{ datname: string }>("SELECT datname FROM pg_database");
  const there = new Set(found.map(({ datname }) => datname));
  // One transaction renamed all or none.
  const swapped = swaps.length > 0 && swaps.every(({ name }) => there.has(name) && !there.has(incomingName(name)));
  if (!swapped) return;
  await rename(
    admin,
    swaps.flatMap(({ name, hadLive }) => [
      [name, incomingName(name)] as const,
      ...(hadLive ? [[outgoingName(name), name] as const] : []),
    ]),
  );
}

/** Of everybody who logged in: the server's own vacuum makes way for a rename by itself, and only a superuser may end it. */
const endSessions = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
  WHERE datname = ANY($1) AND pid <> pg_backend_pid() AND usesysid IS NOT NULL AND pg_has_role(usesysid, 'USAGE')`;

async function rename(admin: Connection, pairs: readonly (readonly [from: string, to: string])[]): Promise<void> {
  const names = pairs.flat();
  for (let attempt = 1; ; attempt++) {
    await admin.query(endSessions, [names]);
    try {
      await admin.query(
        [
          "BEGIN",
          ...pairs.map(([from, to]) => `ALTER DATABASE ${quoteName(from)} RENAME TO ${quoteName(to)}`),
          "COMMIT",
        ].join(";"),
      );
      return;
    } catch (error) {
      await admin.query("ROLLBACK");
      const inUse = (error as { code?: string }).code === "55006";
      if (!inUse || attempt === attempts) throw error;
      await sleep(200);
    }
  }
}
