import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isSecretName } from "@understudy/core";
import type { TestInstallation } from "./installation.ts";

/** The values in an environment's file that nobody else may see. */
export function secretsOf(installation: TestInstallation, environment: string): string[] {
  const variables = Object.entries(installation.env(environment));
  return variables.flatMap(([name, value]) => (isSecretName(name) && value ? [value] : []));
}

/** Every file of an installation but the environment files, by its path, with the secrets that are in it. */
export function secretsInFiles({ root }: TestInstallation, secrets: readonly string[]): Map<string, string[]> {
  const files = readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.startsWith(".env."))
    .map(({ parentPath, name }) => join(parentPath, name));
  return new Map(
    files.map((file) => {
      const text = readFileSync(file, "latin1");
      return [file, secrets.filter((secret) => text.includes(secret))];
    }),
  );
}

/** What `ps` would show now. */
export function commandLines(): string[] {
  return readdirSync("/proc").flatMap((name) => {
    try {
      return /^\d+$/.test(name) ? [readFileSync(`/proc/${name}/cmdline`, "latin1")] : [];
    } catch {
      // It ended between being listed and being read.
      return [];
    }
  });
}
