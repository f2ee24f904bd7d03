import { messageOf, UserError } from "@understudy/core";
import { carryInstance, readKeyRing } from "@understudy/n8n";
import type { Connection } from "@understudy/postgres";
import { purposeOf, type SealedCredential } from "../export/credentials.ts";
import type { TeamBox } from "../key/box.ts";

export interface N8nContext {
  /** The restored database. */
  readonly incoming: Connection;
  /** The environment's own; undefined when n8n never ran here. */
  readonly live: Connection | undefined;
  /** N8N_ENCRYPTION_KEY of the environment, and whose it is, for people. */
  readonly instanceKey: string;
  readonly whose: string;
  readonly credentials: readonly SealedCredential[];
  /** Undefined: credentials come empty. */
  readonly box: TeamBox | undefined;
}

/**
 * Make a teammate's n8n this environment's: its own keys, settings, owner's login and API keys; every credential from the team's key
 * under its own, in clear only in memory. All or nothing.
 * @throws UserError when the team's key is another one, or a credential does not open afterwards
 */
export async function adaptN8n(context: N8nContext): Promise<void> {
  const { incoming, live, instanceKey, whose, credentials, box } = context;
  const contents = credentials.map((credential) => ({ id: credential.id, text: contentOf(credential, box) }));
  await incoming.query("BEGIN");
  try {
    await carryInstance(incoming, live);
    const keys = await readKeyRing(incoming, instanceKey, whose);
    for (const { id, text } of contents) {
      await incoming.query("UPDATE public.credentials_entity SET data = $2 WHERE id = $1", [id, keys.seal(text)]);
    }
    const rows = await incoming.query<{ name: string; data: string }>(
      "SELECT name, data FROM public.credentials_entity",
    );
    for (const { name, data } of rows) {
      try {
        JSON.parse(keys.open(data));
      } catch (error) {
        throw new UserError(
          `n8n's credential "${name}" does not open with ${whose}'s key after the import: ${messageOf(error)}`,
          {
            next: "The archive lacks it in credentials.json: export again",
          },
        );
      }
    }
    await incoming.query("COMMIT");
  } catch (error) {
    await incoming.query("ROLLBACK");
    throw error;
  }
}

function contentOf(credential: SealedCredential, box: TeamBox | undefined): string {
  if (!box) return "{}";
  try {
    return box.open(credential.data, purposeOf(credential));
  } catch (error) {
    throw new UserError(`The credentials in the archive are under another team key than this installation's`, {
      next: "Ask its sender for the key (pnpm team:key --show) and take it over (pnpm team:key --use); or import them empty: --without-credentials",
      cause: error,
    });
  }
}
