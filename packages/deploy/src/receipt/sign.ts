import { type KeyObject, sign as signBytes, verify as verifyBytes } from "node:crypto";
import { z } from "zod";
import { fingerprintOf } from "./key.ts";

const hex = (digits: number) => z.string().regex(new RegExp(`^[0-9a-f]{${digits}}$`), `must be ${digits} hex digits`);

export const sha256 = hex(64);

export const signatureSchema = z.object({
  /** Fingerprint of the key. */
  key: sha256,
  signature: hex(128),
});

/** Who signed, and the signature. */
export type Signature = z.infer<typeof signatureSchema>;

/** What is signed. Part of what is signed, so that none passes for another. */
export type Subject = "receipt" | "rollback point";

export function sign(key: KeyObject, subject: Subject, text: string): Signature {
  return { key: fingerprintOf(key), signature: signBytes(null, bytesOf(subject, text), key).toString("hex") };
}

/** Whether a signature holds; if not, why. @param key the one to check with, if this installation has one */
export function check(
  key: KeyObject | undefined,
  subject: Subject,
  text: string,
  { key: signer, signature }: Signature,
): "holds" | "altered" | "another key" {
  if (!key || fingerprintOf(key) !== signer) return "another key";
  const holds = verifyBytes(null, bytesOf(subject, text), key, Buffer.from(signature, "hex"));
  return holds ? "holds" : "altered";
}

function bytesOf(subject: Subject, text: string): Buffer {
  return Buffer.from(`understudy ${subject}\n${text}`);
}
