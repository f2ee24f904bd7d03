import { lstatSync, rmSync, unlinkSync } from "node:fs";
import { join } from "node:path";
import { type Engine, type Installation, messageOf, statusOf } from "@understudy/core";
import type { Removal } from "./plan.ts";

export interface Failure {
  readonly removal: Removal;
  readonly error: string;
}

export interface RemovalOutcome {
  readonly removed: readonly Removal[];
  readonly failed: readonly Failure[];
}

/** Remove one thing after another. What is gone already counts as removed; one that cannot be removed stops none of the others. */
export async function removeAll(
  removals: readonly Removal[],
  installation: Installation,
  engine: Engine | undefined,
): Promise<RemovalOutcome> {
  const removed: Removal[] = [];
  const failed: Failure[] = [];
  for (const removal of removals) {
    const left = failed.find(
      ({ removal: { kind, images } }) => kind === "image" && removal.images?.includes(images?.[0] ?? ""),
    );
    if (left) {
      failed.push({ removal, error: `its image ${left.removal.name} could not be removed` });
      continue;
    }
    try {
      await remove(removal, installation, engine);
      removed.push(removal);
    } catch (error) {
      failed.push({ removal, error: messageOf(error) });
    }
  }
  return { removed, failed };
}

async function remove(removal: Removal, { root, stateDir }: Installation, engine: Engine | undefined): Promise<void> {
  if (removal.kind === "image") return await removeImage(removal, engine);
  if (removal.kind === "release")
    return rmSync(join(stateDir, "releases", removal.name), { recursive: true, force: true });
  const path = join(root, removal.name);
  if (lstatSync(path, { throwIfNoEntry: false })?.isFile()) unlinkSync(path);
}

/** Never by force, so that the engine refuses what came into use meanwhile; and no parent with it, which another release may need. */
async function removeImage({ images = [], tags = [] }: Removal, engine: Engine | undefined): Promise<void> {
  for (const name of tags.length ? tags : images) {
    await engine?.docker
      .getImage(name)
      .remove({ noprune: true })
      .catch((error) => {
        if (statusOf(error) !== 404) throw error;
      });
  }
}
