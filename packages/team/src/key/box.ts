import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";

/** Encrypts texts under the team's key (AES-256-GCM). Each is bound to what it is for: put elsewhere, it does not open. */
export interface TeamBox {
  seal(text: string, purpose: string): string;
  /** @throws Error for another key, another purpose, or a changed text */
  open(sealed: string, purpose: string): string;
}

const nonceLength = 12;
const tagLength = 16;

export function teamBox(teamKey: string): TeamBox {
  const key = Buffer.from(hkdfSync("sha256", Buffer.from(teamKey, "base64url"), "", "understudy team credentials", 32));
  return {
    seal: (text, purpose) => {
      const nonce = randomBytes(nonceLength);
      const cipher = createCipheriv("aes-256-gcm", key, nonce).setAAD(Buffer.from(purpose));
      const content = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
      return Buffer.concat([nonce, cipher.getAuthTag(), content]).toString("base64");
    },
    open: (sealed, purpose) => {
      const bytes = Buffer.from(sealed, "base64");
      const [nonce, tag] = [bytes.subarray(0, nonceLength), bytes.subarray(nonceLength, nonceLength + tagLength)];
      const decipher = createDecipheriv("aes-256-gcm", key, nonce, { authTagLength: tagLength });
      decipher.setAAD(Buffer.from(purpose)).setAuthTag(tag);
      const content = bytes.subarray(nonceLength + tagLength);
      return Buffer.concat([decipher.update(content), decipher.final()]).toString("utf8");
    },
  };
}
