import { setTimeout as sleep } from "node:timers/promises";
import type { Peers } from "../peers.ts";
import { lockDatabase } from "../side/database-lock.ts";

/** ms between two attempts. */
const every = 200;

/**
 * Hold this server's database for one full sync. One that has just ended, or whose process or machine died, still holds it for a moment:
 * that is waited for, while none is known to run.
 * @param patience ms
 * @throws UserError while another has it, or when there is no database
 */
export async function lockSoon(peers: Peers, patience: number): Promise<AsyncDisposable> {
  const database = peers.requireDatabase();
  const until = Date.now() + patience;
  for (;;) {
    try {
      return await lockDatabase(database);
    } catch (error) {
      const runs = peers.book.sessions.unfinished().some(({ status }) => status === "running");
      if (runs || Date.now() > until) throw error;
      await sleep(every);
    }
  }
}
