import type { KeyObject } from "node:crypto";
import { messageOf } from "@understudy/core";
import { z } from "zod";
import { hash } from "../live/fingerprint.ts";
import { ReceiptFlaw } from "./flaw.ts";
import { type Receipt, receiptSchema, receiptVersion } from "./receipt.ts";
import { check, sign, signatureSchema } from "./sign.ts";

const signedSchema = z.strictObject({ ...signatureSchema.shape, receipt: z.looseObject({}) });

/** A receipt as its file holds it, signed. The signature is of its content, whatever order that is in. */
export function signReceipt(receipt: Receipt, key: KeyObject): string {
  return written({ receipt, ...sign(key, "receipt", hash(receipt)) });
}

/**
 * The receipt of a release, from the bytes of its file.
 * @param key the one to check with, if this installation has one
 * @throws ReceiptFlaw when it does not prove what it says
 */
export function openReceipt(bytes: Buffer, release: string, key: KeyObject | undefined): Receipt {
  const subject = `The receipt of ${release}`;
  const altered = () => new ReceiptFlaw("altered", `${subject} was altered after it was signed`);
  const data = parsed(bytes, subject);
  if (!(data instanceof Object && "signature" in data)) throw new ReceiptFlaw("unsigned", `${subject} is not signed`);
  const signed = signedSchema.safeParse(data);
  if (!signed.success) throw altered();
  const { receipt, ...signature } = signed.data;
  const verdict = check(key, "receipt", hash(receipt), signature);
  if (verdict === "another key") {
    const signer = `${signature.key.slice(0, 12)}…`;
    throw new ReceiptFlaw(verdict, `${subject} was signed by another key (${signer}) than this installation's`);
  }
  // What no parser would mind was not written by us either.
  if (verdict === "altered" || !bytes.equals(Buffer.from(written(data)))) throw altered();
  return whole(receipt, release, subject);
}

function whole(receipt: { readonly version?: unknown }, release: string, subject: string): Receipt {
  if (receipt.version !== receiptVersion) {
    const versions = `version ${receipt.version}, and this version of Understudy reads ${receiptVersion}`;
    throw new ReceiptFlaw("another version", `${subject} is of ${versions}`);
  }
  const { data, error } = receiptSchema.safeParse(receipt);
  if (!data) throw new ReceiptFlaw("unreadable", `${subject} is none: ${z.prettifyError(error)}`);
  if (data.release === release) return data;
  throw new ReceiptFlaw("altered", `${subject} is one of ${data.release}, put under another name`);
}

function parsed(bytes: Buffer, subject: string): unknown {
  try {
    return JSON.parse(bytes.toString());
  } catch (error) {
    throw new ReceiptFlaw("unreadable", `${subject} is not JSON: ${messageOf(error)}`, error);
  }
}

function written(data: unknown): string {
  return `${JSON.stringify(data, null, 2)}\n`;
}
