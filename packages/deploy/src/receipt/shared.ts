import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import type { DesiredStack } from "@understudy/environment";
import { recipes } from "@understudy/images";
import { releaseFiles } from "../candidate.ts";
import { hash } from "../live/fingerprint.ts";

/** SHA-256 by part, in the words that a person is told when one differs. */
export type Shared = Readonly<Record<string, string>>;

/**
 * Hash what production and staging share as the working tree has it: base compose files and what they place in containers,
 * image recipes, workflow migrations, and the settings that belong to no environment.
 */
export async function hashShared(desired: DesiredStack): Promise<Shared> {
  const { environments, ...settings } = desired.settings;
  const built = await recipes();
  return {
    "compose files": hash(releaseFiles(desired)),
    "image recipes": hash(Object.fromEntries(built.map((recipe) => [recipe.name, recipe.hash]))),
    "workflow migrations": hash(filesBelow(join(desired.installation.root, "workflows", "migrations"))),
    settings: hash(settings),
  };
}

function filesBelow(folder: string): Record<string, string> {
  if (!existsSync(folder)) return {};
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return Object.fromEntries(
    entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((file) => [relative(folder, file), readFileSync(file, "base64")]),
  );
}
