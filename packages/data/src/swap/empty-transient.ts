import type { Engine } from "@understudy/core";
import { type DesiredStack, transientVolumes, volumeName } from "@understudy/environment";
import { folders } from "../volumes/folders.ts";
import { VolumeBox } from "../volumes/volume-box.ts";

/**
 * Empty the volumes whose content belongs to the data that goes: jobs of a queue name executions by numbers that mean others in other data.
 * Every service is stopped. What the jobs were for is in the database that has them, which n8n looks through when it starts.
 */
export async function emptyTransient(engine: Engine, { model, environment }: DesiredStack): Promise<void> {
  const names = transientVolumes(model);
  if (names.length === 0) return;
  const { Volumes } = await engine.docker.listVolumes();
  const there = new Set((Volumes ?? []).map(({ Name }) => Name));
  for (const name of names) {
    const volume = volumeName(environment.stackName, name);
    if (!there.has(volume)) continue;
    await using box = await VolumeBox.open(engine, environment.stackName, [
      { volume, path: folders.live, readOnly: false },
    ]);
    await box.run('find "$1" -mindepth 1 -delete', [folders.live]);
  }
}
