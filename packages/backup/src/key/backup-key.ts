import { randomBytes } from "node:crypto";
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { type Installation, messageOf, secrets, UserError, writeFileAtomic } from "@understudy/core";

/**
 * The key that every backup of this installation is encrypted with: 256 bits in base64url, made at the first use. Without it no
 * backup can be read, by nobody: keep a copy away from this machine, beside the repository's address (`pnpm backup:key`).
 * @throws UserError when others can read it, nobody can, or it is none.
 */
export function backupKey({ stateDir }: Installation): string {
  const file = join(stateDir, "backup.key");
  if (!existsSync(file)) writeFileAtomic(file, `${randomBytes(32).toString("base64url")}\n`, 0o600);
  if (statSync(file).mode & 0o077) {
    throw new UserError(`${file} can be read by others`, { next: `Close it: chmod 600 ${file}` });
  }
  const key = read(file).trim();
  if (!/^[\w-]{43}$/.test(key)) {
    throw new UserError(`${file} holds no key: 43 letters, digits, "-" and "_" are expected`, {
      next: "Put back the copy that you keep: backups that were made with another key stay closed",
    });
  }
  secrets.add([key]);
  return key;
}

function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new UserError(`${file} cannot be read: ${messageOf(error)}`, { next: "Run as who owns it", cause: error });
  }
}
