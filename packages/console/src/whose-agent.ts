import { existsSync } from "node:fs";
import { type Installation, parseEnvFile, readSecretFile, type Settings } from "@understudy/core";

/**
 * The environment whose agent the console carries when nobody says: the one that has a database to sync. On a server that is
 * production's, on a laptop mostly none.
 * @returns undefined where none has one, or several: then it is staging, as everywhere
 */
export function whoseAgent(
  installation: Installation,
  { environments }: Pick<Settings, "environments">,
): string | undefined {
  const [only, ...others] = Object.keys(environments).filter((name) => {
    const file = installation.envFile(name);
    return existsSync(file) && parseEnvFile(readSecretFile(file)).PEERS_DATABASE_URL;
  });
  return others.length === 0 ? only : undefined;
}
