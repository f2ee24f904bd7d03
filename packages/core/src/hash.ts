import { createHash } from "node:crypto";

/** SHA-256 in hexadecimal. @param data a text, as UTF-8, or bytes, all at once */
export function sha256(data: string | Uint8Array): string {
  return createHash("sha256").update(data).digest("hex");
}
