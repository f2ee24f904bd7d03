import { messageOf, UserError } from "@understudy/core";
import { type KeyRing, readKeyRing } from "@understudy/n8n";
import type { Connection } from "@understudy/postgres";
import type { ServiceContext } from "../service-data.ts";

interface Credential {
  readonly id: string;
  readonly data: string;
}

/** Content of a credential that has none. */
const stub = "{}";

/**
 * Give every credential of the copy the content that the policy says, encrypted with staging's key: none, or production's, which is
 * read there and stays in memory between the two keys.
 */
export async function writeCredentials(context: ServiceContext): Promise<void> {
  const { incoming, production, productionValues, n8n } = context;
  const staging = await stagingKeys(context);
  const write = (id: string, text: string) =>
    incoming.query("UPDATE public.credentials_entity SET data = $2 WHERE id = $1", [id, staging.seal(text)]);
  for (const { id } of await credentialsOf(incoming)) await write(id, stub);
  if (n8n.credentials === "stub") return;
  const keys = await readKeyRing(production, productionValues.N8N_ENCRYPTION_KEY ?? "", "production");
  for (const credential of await credentialsOf(production)) await write(credential.id, opened(keys, credential));
}

/** How many credentials hold something that they must not, or that staging's key does not open. */
export async function foreignCredentials(context: ServiceContext): Promise<number> {
  const staging = await stagingKeys(context);
  const credentials = await credentialsOf(context.incoming);
  return credentials.filter(({ data }) => !isOwn(staging, data, context.n8n.credentials)).length;
}

function isOwn(staging: KeyRing, data: string, kind: "stub" | "re-encrypt"): boolean {
  try {
    const text = staging.open(data);
    return kind === "stub" ? text === stub : typeof JSON.parse(text) === "object";
  } catch {
    // Of another key: what is asked for here.
    return false;
  }
}

/** As they will be after the swap: the copy has staging's own keys by now. */
function stagingKeys({ incoming, stagingValues }: ServiceContext): Promise<KeyRing> {
  return readKeyRing(incoming, stagingValues.N8N_ENCRYPTION_KEY ?? "", "staging");
}

async function credentialsOf(connection: Connection): Promise<Credential[]> {
  return await connection.query<Credential>("SELECT id, data FROM public.credentials_entity ORDER BY id");
}

function opened(keys: KeyRing, { id, data }: Credential): string {
  try {
    return keys.open(data);
  } catch (error) {
    throw new UserError(`Production's key does not open n8n's credential ${id}: ${messageOf(error)}`, {
      next: "Save it anew in production's n8n, or say n8n: { credentials: stub } in sanitize.yml",
      cause: error,
    });
  }
}
