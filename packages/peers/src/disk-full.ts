import { UserError } from "@understudy/core";

/** SQLITE_FULL. */
const sqliteFull = 13;

export function diskFull(cause?: unknown): UserError {
  return new UserError("The disk for chunks is full", { next: "Free some room below .understudy/peers", cause });
}

/** For whatever writes to this server's disk, its book too. @throws UserError for a disk that is full, else what was thrown */
export function sayDisk(error: unknown): never {
  const { code, errcode } = error as { code?: unknown; errcode?: unknown };
  throw code === "ENOSPC" || code === "EDQUOT" || errcode === sqliteFull ? diskFull(error) : error;
}
