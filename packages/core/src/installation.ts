import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** The folder that holds one installation: its settings, compose files, environment files, logs and state. */
export interface Installation {
  readonly root: string;
  readonly settingsFile: string;
  /** Everything that the tool keeps between runs; never committed. */
  readonly stateDir: string;
  readonly logsDir: string;
  readonly composeDir: string;
  envFile(environment: string): string;
}

/** The checkout that this code runs from. */
export const sourceRoot = resolve(fileURLToPath(import.meta.url), "../../../..");

/** `UNDERSTUDY_ROOT`, or the checkout that this code runs from. Compose files default to the checkout's own. */
export function findInstallation(env: NodeJS.ProcessEnv = process.env): Installation {
  const root = resolve(env.UNDERSTUDY_ROOT ?? sourceRoot);
  const ownCompose = join(root, "compose");
  return {
    root,
    settingsFile: join(root, "understudy.yml"),
    stateDir: join(root, ".understudy"),
    logsDir: join(root, "logs"),
    composeDir: existsSync(ownCompose) ? ownCompose : join(sourceRoot, "compose"),
    envFile: (environment) => join(root, `.env.${environment}`),
  };
}
