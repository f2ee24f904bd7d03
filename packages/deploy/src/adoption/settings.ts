import { existsSync, readFileSync, statSync } from "node:fs";
import { basename } from "node:path";
import type { ComposeModel } from "@understudy/compose";
import { parseEnvFile, UserError } from "@understudy/core";
import { type EnvironmentFile, fillEnvironmentFile, type Target } from "@understudy/environment";
import { deriveSettings } from "./derive-settings.ts";
import type { Matched } from "./match-services.ts";
import { placesOf } from "./templates.ts";

/** The environment file of what runs, before it is written. */
export interface AdoptedSettings {
  readonly file: EnvironmentFile;
  /** Names of what the containers told. */
  readonly derived: readonly string[];
  /** Why a name has no value, in words. */
  readonly missing: readonly string[];
}

/**
 * What the environment file must say for the compose files to mean what runs.
 * @param templates the model with stand-ins for variables
 * @throws UserError when there is a file that says otherwise
 */
export function readSettings(target: Target, templates: ComposeModel, services: Matched): AdoptedSettings {
  const { values, contradictions } = deriveSettings(placesOf(templates, services));
  const written = readWritten(target);
  const others = Object.keys(values).filter((name) => Object.hasOwn(written, name) && written[name] !== values[name]);
  const path = target.installation.envFile(target.environment.name);
  if (others.length) {
    throw new UserError(`${path} has other values than what runs: ${others.join(", ")}`, {
      next: "Correct them, or take them out: adoption fills them in",
    });
  }
  const { file, missing } = fillEnvironmentFile(target, { ...values, ...written });
  const untold = new Map(
    contradictions.map(({ name, places }) => [name, `${name} (differs between ${places.join(", ")})`]),
  );
  const disputed = contradictions.map(({ name }) => name).filter((name) => !Object.hasOwn(written, name));
  return {
    file,
    derived: Object.keys(values).sort(),
    missing: [...new Set([...disputed, ...missing])].map((name) => untold.get(name) ?? name),
  };
}

/** @throws UserError naming what nothing that runs tells */
export function refuseMissing({ file, missing }: AdoptedSettings): void {
  if (missing.length === 0) return;
  const name = basename(file.path);
  throw new UserError(`What runs does not tell ${missing.join(", ")}`, {
    next: `Write them into ${name} as NAME=value lines (${existsSync(file.path) ? "" : `touch ${name} && `}chmod 600 ${name}), and run it again: the rest is filled in`,
  });
}

function readWritten({ installation, environment }: Target): Record<string, string> {
  const path = installation.envFile(environment.name);
  if (!existsSync(path)) return {};
  if (statSync(path).mode & 0o077) {
    throw new UserError(`${path} can be read by others`, { next: `Close it: chmod 600 ${path}` });
  }
  // An empty line of the template is no value.
  return Object.fromEntries(Object.entries(parseEnvFile(readFileSync(path, "utf8"))).filter(([, value]) => value));
}
