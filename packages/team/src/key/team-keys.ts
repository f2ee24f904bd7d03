import { existsSync } from "node:fs";
import { join } from "node:path";
import {
  type Installation,
  isKey,
  keyInFile,
  readSecretFile,
  secrets,
  UserError,
  writeFileAtomic,
} from "@understudy/core";
import { generateIdentity, identityToRecipient } from "age-encryption";
import type { Audience, Keys } from "../archive/encryption.ts";

/** By this variable a passphrase of one's own is given, in the process or in `.env.<environment>`. */
export const passphraseVariable = "TEAM_PASSPHRASE";

/**
 * The key that a team shares: n8n's credentials travel under it, the shared place is encrypted with it, and so is an archive that names
 * no recipients. Made at the first use; teammates take over the first one's (`pnpm team:key --use`).
 * @throws UserError when others can read it, nobody can, or it is none.
 */
export function teamKey(installation: Installation): string {
  return keyInFile(keyFile(installation), "Put back your team's key: a teammate's pnpm team:key --show tells it");
}

/** Take a teammate's key over. @throws UserError for a text that is none, and rather than lose another one. */
export function useTeamKey(installation: Installation, key: string): void {
  if (!isKey(key))
    throw new UserError('That is no team key: 43 letters, digits, "-" and "_" are expected', { exitCode: 2 });
  secrets.add([key]);
  const file = keyFile(installation);
  if (existsSync(file) && teamKey(installation) !== key) {
    throw new UserError(`${file} holds another key already`, {
      next: "Move it away if nothing that it opens is needed any more, and run again",
    });
  }
  writeFileAtomic(file, `${key}\n`, 0o600);
}

/** This installation's own age identity, made at the first use. */
export async function ownIdentity({ stateDir }: Installation): Promise<string> {
  const file = join(stateDir, "team.identity");
  if (!existsSync(file)) writeFileAtomic(file, `${await generateIdentity()}\n`, 0o600);
  const identity = readSecretFile(file).trim();
  secrets.add([identity]);
  return identity;
}

/** What others encrypt for it with. */
export async function ownRecipient(installation: Installation): Promise<string> {
  return await identityToRecipient(await ownIdentity(installation));
}

/** Who can read an archive that is made now: the recipients that are set, and its maker; or who knows the passphrase. */
export async function audienceOf(
  installation: Installation,
  recipients: readonly string[],
  variables: Readonly<Record<string, string | undefined>>,
): Promise<Audience> {
  if (recipients.length) return { recipients: [...new Set([...recipients, await ownRecipient(installation)])] };
  return { passphrase: variables[passphraseVariable] || teamKey(installation) };
}

/** Everything here that may open an archive. */
export async function keysOf(
  installation: Installation,
  variables: Readonly<Record<string, string | undefined>>,
): Promise<Keys> {
  const own = variables[passphraseVariable];
  return { passphrases: [...(own ? [own] : []), teamKey(installation)], identities: [await ownIdentity(installation)] };
}

function keyFile({ stateDir }: Installation): string {
  return join(stateDir, "team.key");
}
