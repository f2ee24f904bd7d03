import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from "node:crypto";

/** How n8n 2.41 encrypts: n8n-core, encryption/aes-256-cbc.js and aes-256-gcm.js. */
export type Algorithm = "aes-256-cbc" | "aes-256-gcm";

/** As `openssl enc -aes-256-cbc -md md5` does: `Salted__`, salt, content; base64. */
export function encryptCbc(text: string, key: string): string {
  const salt = randomBytes(8);
  const cipher = createCipheriv("aes-256-cbc", ...cbcKey(key, salt));
  return Buffer.concat([Buffer.from("Salted__"), salt, cipher.update(text, "utf8"), cipher.final()]).toString("base64");
}

/** @throws Error when the key is another one. */
export function decrypt(data: string, key: string, algorithm: Algorithm): string {
  const bytes = Buffer.from(data, "base64");
  return algorithm === "aes-256-gcm" ? decryptGcm(bytes, key) : decryptCbc(bytes, key);
}

function decryptCbc(bytes: Buffer, key: string): string {
  const decipher = createDecipheriv("aes-256-cbc", ...cbcKey(key, bytes.subarray(8, 16)));
  return Buffer.concat([decipher.update(bytes.subarray(16)), decipher.final()]).toString("utf8");
}

/** Version 1, 32 bytes of salt, 16 of tag, content; key and nonce from HKDF over the key's hexadecimal digits. */
function decryptGcm(bytes: Buffer, key: string): string {
  const [version] = bytes;
  if (version !== 1 || bytes.length < 49) throw new Error(`n8n's format of encryption ${version} is not known`);
  const derived = Buffer.from(
    hkdfSync("sha256", Buffer.from(key, "hex"), bytes.subarray(1, 33), "n8n-encryption-v1", 44),
  );
  const decipher = createDecipheriv("aes-256-gcm", derived.subarray(0, 32), derived.subarray(32), {
    authTagLength: 16,
  });
  decipher.setAuthTag(bytes.subarray(33, 49));
  return Buffer.concat([decipher.update(bytes.subarray(49)), decipher.final()]).toString("utf8");
}

/** OpenSSL's EVP_BytesToKey with MD5. */
function cbcKey(key: string, salt: Buffer): [key: Buffer, nonce: Buffer] {
  const password = Buffer.concat([Buffer.from(key, "latin1"), salt]);
  const md5 = (bytes: Buffer) => createHash("md5").update(bytes).digest();
  const first = md5(password);
  const second = md5(Buffer.concat([first, password]));
  return [Buffer.concat([first, second]), md5(Buffer.concat([second, password]))];
}
