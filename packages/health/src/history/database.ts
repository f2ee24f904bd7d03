import { closeSync, existsSync, mkdirSync, openSync, renameSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { Outbox, UserError } from "@understudy/core/light";
import { createSchema, schemaVersion } from "./schema.ts";
import { asUnavailable, Damage, troubleOf } from "./unavailable.ts";

/** How the file was found; `damaged` is where the one that could not be used lies now. */
export type Opened = "existing" | "new" | { readonly damaged: string };

/** How long a write waits for another process's, ms. */
const patience = 5_000;

/**
 * Open the file, or make it. One that is damaged is set aside, and a new one begun.
 * @param damaged it proved so in use
 * @throws UserError if a newer version wrote it; HistoryUnavailable if its volume is full or cannot be written
 */
export function openDatabase(file: string, now: number, damaged = false): { db: DatabaseSync; opened: Opened } {
  try {
    const found = damaged ? undefined : openSound(file);
    return found ?? { opened: { damaged: setAside(file, now) }, db: connect(file, prepare) };
  } catch (error) {
    throw asUnavailable(error, file);
  }
}

/** Open a file that the monitor has made. @throws UserError if there is none */
export function joinDatabase(file: string): DatabaseSync {
  try {
    if (!existsSync(file)) throw noHistory(file);
    return connect(file, (db) => {
      if (schemaVersion(db) === 0) throw noHistory(file);
    });
  } catch (error) {
    throw asUnavailable(error, file);
  }
}

/** Returns undefined if the file is damaged. */
function openSound(file: string): { db: DatabaseSync; opened: Opened } | undefined {
  try {
    const opened = existsSync(file) && statSync(file).size > 0 ? "existing" : "new";
    return { db: connect(file, prepare), opened };
  } catch (error) {
    if (troubleOf(error) === "damaged") return undefined;
    throw error;
  }
}

function connect(file: string, begin: (db: DatabaseSync) => void): DatabaseSync {
  mkdirSync(dirname(file), { recursive: true });
  closeSync(openSync(file, "a", 0o600));
  const db = new DatabaseSync(file, { timeout: patience });
  try {
    db.exec("pragma synchronous = normal; pragma journal_size_limit = 4194304; pragma temp_store = memory");
    begin(db);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/** Look whether the file is sound, and make its tables where there are none. */
function prepare(db: DatabaseSync): void {
  const found = db.prepare("pragma quick_check(1)").get()?.quick_check;
  if (found !== "ok") throw new Damage(String(found));
  if (schemaVersion(db) === 0) db.exec("pragma auto_vacuum = incremental; pragma journal_mode = wal");
  db.exec("begin immediate");
  createSchema(db);
  new Outbox(db);
  db.exec("commit");
}

function noHistory(file: string): UserError {
  return new UserError(`There is no history yet in ${file}`, { next: "pnpm health:monitor begins it" });
}

/** With its journal, which would otherwise be taken for the new file's. */
function setAside(file: string, now: number): string {
  const time = new Date(now).toISOString().slice(0, 19).replaceAll(":", "");
  const aside = `${file}.damaged-${time}`;
  for (const part of ["", "-wal", "-shm"]) if (existsSync(file + part)) renameSync(file + part, aside + part);
  return aside;
}
