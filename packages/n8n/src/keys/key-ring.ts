import { messageOf, sha256, UserError } from "@understudy/core";
import type { Connection } from "@understudy/postgres";
import { type Algorithm, decrypt, encryptCbc } from "./cipher.ts";

/** What one n8n encrypts its credentials with, in memory only. */
export interface KeyRing {
  /** @throws Error when none of its keys opens it. */
  open(data: string): string;
  /** In the form without a key's id, which every n8n reads that has the same N8N_ENCRYPTION_KEY. */
  seal(text: string): string;
}

interface StoredKey {
  readonly id: string;
  readonly value: string;
  readonly algorithm: Algorithm;
}

/**
 * The keys of an n8n: those that its table deployment_key holds, wrapped in the instance's own, or that one itself where n8n has
 * not stored any yet. n8n-core, encryption/cipher.js: `<id>:<content>` names its key; content without one is of the oldest.
 * @param instanceKey its N8N_ENCRYPTION_KEY.
 * @param whose for people: production or staging.
 * @throws UserError when the instance's key is another one.
 */
export async function readKeyRing(connection: Connection, instanceKey: string, whose: string): Promise<KeyRing> {
  const rows = await connection.query<StoredKey>(
    "SELECT id, value, algorithm FROM public.deployment_key WHERE type = 'data_encryption'",
  );
  const keys = new Map(rows.map((row) => [row.id, { algorithm: row.algorithm, key: unwrap(row, instanceKey, whose) }]));
  const plain = [...keys.values()].find(({ algorithm }) => algorithm === "aes-256-cbc")?.key ?? instanceKey;
  return {
    open: (data) => {
      const named = /^([\w-]{1,36}):(.*)$/s.exec(data);
      if (!named) return decrypt(data, plain, "aes-256-cbc");
      const [, id = "", content = ""] = named;
      const found = keys.get(id);
      if (!found) throw new Error(`n8n has no key ${id}`);
      return decrypt(content, found.key, found.algorithm);
    },
    seal: (text) => encryptCbc(text, plain),
  };
}

function unwrap({ value }: StoredKey, instanceKey: string, whose: string): string {
  try {
    return decrypt(value, sha256(instanceKey), "aes-256-gcm");
  } catch (error) {
    throw new UserError(`The N8N_ENCRYPTION_KEY of ${whose} does not open its n8n's own keys: ${messageOf(error)}`, {
      next: `Put the key that its n8n was first started with into the environment file of ${whose}`,
      cause: error,
    });
  }
}
