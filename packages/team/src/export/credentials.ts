import { messageOf, UserError } from "@understudy/core";
import { readKeyRing } from "@understudy/n8n";
import type { Connection } from "@understudy/postgres";
import { z } from "zod";
import type { TeamBox } from "../key/box.ts";

const credential = z.strictObject({ id: z.string(), name: z.string(), type: z.string(), data: z.string() });

/** `credentials.json`: n8n's credentials, their contents under the team's key. */
export const credentialsSchema = z.array(credential);
export type SealedCredential = z.infer<typeof credential>;

/** What a credential's content is bound to. */
export function purposeOf({ id, type }: Pick<SealedCredential, "id" | "type">): string {
  return `n8n credential ${id} ${type}`;
}

/** n8n's credentials, from its own key under the team's; in clear only in memory. @throws UserError when n8n's key does not open one */
export async function sealCredentials(
  n8n: Connection,
  { instanceKey, whose, box }: { readonly instanceKey: string; readonly whose: string; readonly box: TeamBox },
): Promise<SealedCredential[]> {
  const keys = await readKeyRing(n8n, instanceKey, whose);
  const rows = await n8n.query<SealedCredential>(
    "SELECT id::text, name, type, data FROM public.credentials_entity ORDER BY id",
  );
  return rows.map((row) => {
    try {
      return { ...row, data: box.seal(keys.open(row.data), purposeOf(row)) };
    } catch (error) {
      throw new UserError(`The N8N_ENCRYPTION_KEY of ${whose} does not open n8n's credential "${row.name}"`, {
        next: "Save it anew in n8n, or remove it there, and export again",
        cause: messageOf(error),
      });
    }
  });
}
