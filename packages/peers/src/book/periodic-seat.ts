import type { DatabaseSync } from "node:sqlite";
import { isAlive } from "@understudy/core";
import type { PeriodicStatus } from "../types.ts";

/** A holder says so every few seconds; one that did not for so long, ms, is gone, whatever its process id says. */
const silence = 30_000;

interface Row {
  readonly pid: number;
  readonly seen: number;
  readonly status: string | null;
}

/** Of all processes with this book, the agent's and the console's, one exchanges with the peer. What it says, the others show. */
export class PeriodicSeat {
  readonly #db: DatabaseSync;
  readonly #clock: () => number;

  constructor(db: DatabaseSync, clock: () => number) {
    this.#db = db;
    this.#clock = clock;
  }

  /** Take the seat, or keep it. Returns whether this process has it. */
  take(pid = process.pid): boolean {
    const taken = this.#db
      .prepare(
        `INSERT INTO PeriodicSeat (seat, pid, seen) VALUES (1, ?, ?)
         ON CONFLICT (seat) DO UPDATE SET pid = excluded.pid, seen = excluded.seen WHERE PeriodicSeat.pid = excluded.pid OR PeriodicSeat.pid = ?`,
      )
      .run(pid, this.#clock(), this.#lost() ?? pid);
    return taken.changes === 1;
  }

  leave(pid = process.pid): void {
    this.#db.prepare("DELETE FROM PeriodicSeat WHERE pid = ?").run(pid);
  }

  /** What its holder shows, until it says something else or goes. */
  tell(status: PeriodicStatus, pid = process.pid): void {
    this.#db.prepare("UPDATE PeriodicSeat SET status = ? WHERE pid = ?").run(JSON.stringify(status), pid);
  }

  /** undefined: nobody has it, or has not said yet. */
  told(): PeriodicStatus | undefined {
    const row = this.#row();
    return row?.status && this.#lost() === undefined ? (JSON.parse(row.status) as PeriodicStatus) : undefined;
  }

  /** The process id of a holder that is gone. */
  #lost(): number | undefined {
    const row = this.#row();
    const isHeld = row && isAlive(row.pid) && this.#clock() - row.seen <= silence;
    return row && !isHeld ? row.pid : undefined;
  }

  #row(): Row | undefined {
    return this.#db.prepare("SELECT pid, seen, status FROM PeriodicSeat").get() as Row | undefined;
  }
}
