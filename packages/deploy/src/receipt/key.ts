import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import { existsSync, linkSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { type Installation, sha256, UserError, writeFileAtomic } from "@understudy/core";

/**
 * The key that receipts and rollback points are signed with: Ed25519, made at the first use. Its public half lies beside it:
 * with that alone, another machine can check them and make none.
 * @throws UserError when others can read it, or it is none
 */
export function signingKey(installation: Installation): KeyObject {
  const { privateFile, publicFile } = keyFiles(installation);
  if (!existsSync(privateFile)) makeKey(privateFile);
  const key = readPrivateKey(privateFile);
  if (!existsSync(publicFile)) {
    const text = createPublicKey(key).export({ type: "spki", format: "pem" }).toString();
    writeFileAtomic(publicFile, text, 0o644);
  }
  return key;
}

/** The key to check with; undefined where nothing was ever signed. @throws UserError when a file holds none */
export function checkingKey(installation: Installation): KeyObject | undefined {
  const { privateFile, publicFile } = keyFiles(installation);
  if (existsSync(privateFile)) return createPublicKey(readPrivateKey(privateFile));
  if (!existsSync(publicFile)) return undefined;
  return parsed(publicFile, createPublicKey);
}

/** What tells one key from another: SHA-256 of its public half. */
export function fingerprintOf(key: KeyObject): string {
  const half = key.type === "public" ? key : createPublicKey(key);
  return sha256(half.export({ type: "spki", format: "der" }));
}

function keyFiles({ stateDir }: Installation) {
  return { privateFile: join(stateDir, "receipt.key"), publicFile: join(stateDir, "receipt.pub") };
}

/** Of two that make it at once, one wins, and both sign with that one's. */
function makeKey(file: string): void {
  const own = `${file}.${process.pid}`;
  const { privateKey } = generateKeyPairSync("ed25519");
  writeFileAtomic(own, privateKey.export({ type: "pkcs8", format: "pem" }).toString(), 0o600);
  try {
    linkSync(own, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  } finally {
    rmSync(own);
  }
}

function readPrivateKey(file: string): KeyObject {
  if (statSync(file).mode & 0o077) {
    throw new UserError(`${file} can be read by others`, { next: `Close it: chmod 600 ${file}` });
  }
  return parsed(file, createPrivateKey);
}

function parsed(file: string, parse: (text: string) => KeyObject): KeyObject {
  try {
    const key = parse(readFileSync(file, "utf8"));
    if (key.asymmetricKeyType === "ed25519") return key;
  } catch (error) {
    throw unfit(file, error);
  }
  throw unfit(file, undefined);
}

function unfit(file: string, cause: unknown): UserError {
  return new UserError(`${file} holds no Ed25519 key`, {
    next: "Restore it from a backup, or delete it: what was signed with the lost one is then refused",
    cause,
  });
}
