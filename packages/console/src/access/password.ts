import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from "node:crypto";
import { promisify } from "node:util";

/** OWASP's figures for scrypt: 128 MiB and a fifth of a second, for each guess. */
const cost: ScryptOptions = { N: 131_072, r: 8, p: 1, maxmem: 256 * 1_024 * 1_024 };
const length = 32;

const derive = promisify<string, Buffer, number, ScryptOptions, Buffer>(scrypt);

/** What is kept of a password: `<salt>.<key>`, base64url. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  return `${salt.toString("base64url")}.${(await keyOf(password, salt)).toString("base64url")}`;
}

/** Whether a password is the one that was kept. Takes as long when there is no such user. */
export async function isPassword(password: string, kept: string | undefined): Promise<boolean> {
  const [salt = "", key = ""] = (kept ?? nobody).split(".");
  const found = await keyOf(password, Buffer.from(salt, "base64url"));
  const expected = Buffer.from(key, "base64url");
  return expected.length === length && timingSafeEqual(found, expected) && kept !== undefined;
}

const nobody = `${"A".repeat(22)}.${"A".repeat(43)}`;

function keyOf(password: string, salt: Buffer): Promise<Buffer> {
  return derive(password.normalize("NFKC"), salt, length, cost);
}
