import { createHash, randomBytes } from "node:crypto";
import { secrets } from "@understudy/core";

/** 256 bits that nobody guesses, and that no log shows. */
export function makeToken(): string {
  const token = randomBytes(32).toString("base64url");
  secrets.add([token]);
  return token;
}

/** What is kept of it. */
export function tokenHash(token: string): string {
  return createHash("sha256").update(token).digest("hex");
}
