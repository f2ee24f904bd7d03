import { createHash, createHmac, pbkdf2Sync, randomBytes } from "node:crypto";

/** As the server's own default. */
const iterations = 4_096;

/**
 * What a server keeps of a password (RFC 5803, as CREATE ROLE … PASSWORD takes it): so the password itself stands in no statement, which a
 * server may log.
 */
export function scramVerifier(password: string, salt: Buffer = randomBytes(16)): string {
  const salted = pbkdf2Sync(password.normalize("NFKC"), salt, iterations, 32, "sha256");
  const keyed = (text: string) => createHmac("sha256", salted).update(text).digest();
  const stored = createHash("sha256").update(keyed("Client Key")).digest("base64");
  return `SCRAM-SHA-256$${iterations}:${salt.toString("base64")}$${stored}:${keyed("Server Key").toString("base64")}`;
}
