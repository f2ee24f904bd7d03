import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "./errors.ts";
import { writeFileAtomic } from "./files.ts";
import type { Installation } from "./installation.ts";

/** Where one area leaves news of an environment for the others, e.g. the deployed release. One JSON file a fact. */
export function writeFact(installation: Installation, environment: string, fact: string, value: unknown): void {
  writeFileAtomic(factFile(installation, environment, fact), `${JSON.stringify(value, null, 2)}\n`);
}

/** A fact as it was written, or undefined. @throws UserError if the file is damaged. */
export function readFact<T>(installation: Installation, environment: string, fact: string): T | undefined {
  const file = factFile(installation, environment, fact);
  if (!existsSync(file)) return undefined;
  try {
    return JSON.parse(readFileSync(file, "utf8")) as T;
  } catch (error) {
    throw new UserError(`${file} is damaged`, { next: "Restore it from a backup, or delete it", cause: error });
  }
}

/** Take a fact back. */
export function forgetFact(installation: Installation, environment: string, fact: string): void {
  rmSync(factFile(installation, environment, fact), { force: true });
}

/** Where a fact is kept. */
export function factFile(installation: Installation, environment: string, fact: string): string {
  return join(installation.stateDir, "facts", environment, `${fact}.json`);
}
