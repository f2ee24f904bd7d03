import { randomBytes } from "node:crypto";
import { existsSync, readFileSync, statSync } from "node:fs";
import { messageOf, UserError } from "./errors.ts";
import { writeFileAtomic } from "./files.ts";
import { secrets } from "./redact.ts";

/**
 * A key in a file that only its owner may read: 256 bits in base64url, made at the first use.
 * @param ifWrong what to do when the file holds something else
 * @throws UserError when others can read it, nobody can, or it is none.
 */
export function keyInFile(file: string, ifWrong: string): string {
  if (!existsSync(file)) writeFileAtomic(file, `${randomBytes(32).toString("base64url")}\n`, 0o600);
  const key = readSecretFile(file).trim();
  if (!isKey(key)) {
    throw new UserError(`${file} holds no key: 43 letters, digits, "-" and "_" are expected`, { next: ifWrong });
  }
  secrets.add([key]);
  return key;
}

/** Whether a text is a key as `keyInFile` makes it. */
export function isKey(text: string): boolean {
  return /^[\w-]{43}$/.test(text);
}

/** @throws UserError when others can read it, or we cannot. */
export function readSecretFile(file: string): string {
  if (statSync(file).mode & 0o077) {
    throw new UserError(`${file} can be read by others`, { next: `Close it: chmod 600 ${file}` });
  }
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new UserError(`${file} cannot be read: ${messageOf(error)}`, { next: "Run as who owns it", cause: error });
  }
}
