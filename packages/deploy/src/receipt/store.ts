import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Installation, messageOf, sha256, writeFileAtomic } from "@understudy/core";
import { ReceiptFlaw } from "./flaw.ts";
import { checkingKey, signingKey } from "./key.ts";
import type { Receipt } from "./receipt.ts";
import { openReceipt, signReceipt } from "./signed-receipt.ts";

/** Sign a receipt and keep it, in place of an earlier one of the same release. @returns its file */
export function writeReceipt(installation: Installation, receipt: Receipt): string {
  const file = receiptFile(installation, receipt.release);
  writeFileAtomic(file, signReceipt(receipt, signingKey(installation)), 0o644);
  return file;
}

/** The receipt of a release, if it holds; else what is wrong with it. @throws UserError when the key cannot be used */
export function readReceipt(installation: Installation, release: string): Receipt | ReceiptFlaw {
  try {
    const bytes = readBytes(receiptFile(installation, release), release);
    return openReceipt(bytes, release, checkingKey(installation));
  } catch (error) {
    if (error instanceof ReceiptFlaw) return error;
    throw error;
  }
}

/** SHA-256 of a release's receipt as it lies there, null when there is none: what a rollback point names it by. */
export function receiptHash(installation: Installation, release: string): string | null {
  const file = receiptFile(installation, release);
  return existsSync(file) ? sha256(readFileSync(file)) : null;
}

function readBytes(file: string, release: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") {
      throw new ReceiptFlaw("missing", `Release ${release} has no receipt`, error);
    }
    throw new ReceiptFlaw("unreadable", `The receipt ${file} cannot be read: ${messageOf(error)}`, error);
  }
}

function receiptFile({ stateDir }: Installation, release: string): string {
  return join(stateDir, "receipts", `${release}.json`);
}
