import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Installation } from "@understudy/core";

/** SQLite's "somebody else has it". https://www.sqlite.org/rescode.html#busy */
const busy = 5;

/**
 * Makes one monitor an environment. The lock is the kernel's on an empty SQLite file: it ends with the process, however
 * that ends, and holds between containers that share the folder, where a process number says nothing.
 */
export class SoleWatcher implements Disposable {
  readonly #lock: DatabaseSync;

  private constructor(lock: DatabaseSync) {
    this.#lock = lock;
  }

  /** Become it, or tell in words which process is. */
  static become(installation: Installation, environment: string): SoleWatcher | { heldBy: string } {
    const folder = join(installation.stateDir, "health");
    const holder = join(folder, `${environment}.pid`);
    mkdirSync(folder, { recursive: true });
    const lock = new DatabaseSync(join(folder, `${environment}.lock`), { timeout: 0 });
    try {
      lock.exec("begin exclusive");
    } catch (error) {
      lock.close();
      if ((error as { errcode?: number }).errcode !== busy) throw error;
      return { heldBy: existsSync(holder) ? readFileSync(holder, "utf8") : "an unknown process" };
    }
    writeFileSync(holder, `process ${process.pid} on ${hostname()}`, { mode: 0o600 });
    return new SoleWatcher(lock);
  }

  [Symbol.dispose](): void {
    this.#lock.close();
  }
}
