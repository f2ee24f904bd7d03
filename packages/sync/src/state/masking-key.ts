import { randomBytes } from "node:crypto";
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { type Installation, secrets, UserError, writeFileAtomic } from "@understudy/core";

/**
 * The key that masked values are made with: 256 bits in hex, made at the first use. The same key gives the same masks in every
 * copy. It never leaves this installation, but for the sessions on production that compute masks.
 * @throws UserError when others can read it, or it is none.
 */
export function maskingKey(installation: Installation): string {
  const file = join(installation.stateDir, "masking.key");
  if (!existsSync(file)) writeFileAtomic(file, `${randomBytes(32).toString("hex")}\n`, 0o600);
  if (statSync(file).mode & 0o077) {
    throw new UserError(`${file} can be read by others`, { next: `Close it: chmod 600 ${file}` });
  }
  const key = readFileSync(file, "utf8").trim();
  if (!/^[0-9a-f]{64}$/.test(key)) {
    throw new UserError(`${file} holds no key: 64 hexadecimal digits are expected`, {
      next: "Restore it from a backup, or delete it: a new key gives other masks",
    });
  }
  secrets.add([key]);
  return key;
}
