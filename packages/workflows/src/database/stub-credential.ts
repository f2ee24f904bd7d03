import { readKeyRing } from "@understudy/n8n";
import type { CredentialRef } from "../content/credentials.ts";
import type { N8nTables } from "./tables.ts";

/**
 * Make a credential without content, which its owner fills in: workflows that name it can come before that.
 * @param encryptionKey n8n's
 */
export async function stubCredential(
  { session, of, has }: N8nTables,
  { type, name }: CredentialRef,
  encryptionKey: string,
): Promise<void> {
  const keys = await readKeyRing(session, encryptionKey, "this environment");
  const [made] = await session.query<{ id: string }>(
    `INSERT INTO ${of("credentials_entity")} (id, name, type, data)
     VALUES (left(replace(gen_random_uuid()::text, '-', ''), 16), $1, $2, $3) RETURNING id`,
    [name, type, keys.seal("{}")],
  );
  if (!has("shared_credentials", "credentialsId")) return;
  await session.query(
    `INSERT INTO ${of("shared_credentials")} ("credentialsId", "projectId", role)
     SELECT $1::text, p.id, 'credential:owner' FROM ${of("project")} p
     JOIN ${of("project_relation")} r ON r."projectId" = p.id AND r.role = 'project:personalOwner'
     JOIN ${of("user")} u ON u.id = r."userId" AND u."roleSlug" = 'global:owner'
     WHERE p.type = 'personal' ORDER BY u."createdAt" LIMIT 1`,
    [made?.id],
  );
}
