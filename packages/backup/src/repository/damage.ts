import { UserError } from "@understudy/core";
import { type Ended, failureOf } from "./failure.ts";
import { pathsOf } from "./messages.ts";
import type { Restic } from "./restic.ts";

/** Paths that are named, at most. */
const named = 10;

/** What `restic check` found, and the files that cannot be restored for it. */
export async function damageOf(restic: Restic, where: string, ended: Ended): Promise<UserError> {
  const { errors } = ended.said;
  if (!errors.length) return failureOf(where, ended);
  // Restic's advice comes after an empty line.
  const advice = errors.findIndex((error) => error.startsWith("\n"));
  const found = errors.slice(0, advice < 0 ? undefined : advice).map((error) => error.trim());
  const hit = await filesHit(restic, found);
  return new UserError([`The repository ${where} is damaged:`, ...found, ...hit].join("\n  "), {
    next: "Whatever is not named here can still be restored. New backups would build on the damage: move the repository away, and back up anew: pnpm backup",
  });
}

/** `/n8n.dump, in 2 snapshots`. */
async function filesHit(restic: Restic, found: readonly string[]): Promise<string[]> {
  const packs = [...new Set(found.flatMap((error) => error.match(/(?<=\bpack )[0-9a-f]{64}/g) ?? []))];
  if (!packs.length) return [];
  const { lines } = await restic.run(["find", "--no-lock", "--pack", ...packs]);
  const paths = [...pathsOf(lines)].map(([path, snapshots]) => `hit: ${path}, in ${snapshots} snapshots`);
  return paths.length > named ? [...paths.slice(0, named), `and ${paths.length - named} more`] : paths;
}
