import { bytesInWords, statusOf } from "@understudy/core";
import { createIncomingVolume, eachFile, folders, type Side, VolumeBox } from "@understudy/data";
import { volumeName } from "@understudy/environment";
import type { FileRule } from "../policy/policy.ts";
import { swapOfVolume } from "../swap/swap-of.ts";
import type { CopyContext } from "../sync-production.ts";
import type { LeakSearch } from "../verify/leak-search.ts";
import { copyVolume, readVolumePlan, type VolumeReport } from "./copy-volume.ts";
import type { Exclusion } from "./volume-plan.ts";

export interface VolumeOutcome extends VolumeReport {
  readonly excluded: readonly Exclusion[];
}

/**
 * Copy the files of a volume that the rules keep, and lay them beside staging's own, ready to be swapped in.
 * @param volume as the compose files name it
 * @returns undefined when either environment has no such volume.
 */
export async function copyVolumeOf(
  context: CopyContext,
  volume: string,
  rules: readonly FileRule[],
  leaks: LeakSearch,
  report: (line: string) => void,
): Promise<VolumeOutcome | undefined> {
  const { production, staging } = context;
  const [source, live] = [nameOn(production, volume), nameOn(staging, volume)];
  if (!(await exists(production, source)) || !(await exists(staging, live))) return undefined;
  const { stackName, name: environment } = staging.stack.environment;
  const incoming = await createIncomingVolume(staging.engine, { live, stackName, environment });
  await using from = await VolumeBox.open(production.engine, stackName, [
    { volume: source, path: folders.source, readOnly: true },
  ]);
  const plan = await readVolumePlan(from, volume, rules);
  await using to = await VolumeBox.open(staging.engine, stackName, [
    { volume: live, path: folders.live, readOnly: true },
    { volume: incoming, path: folders.incoming, readOnly: false },
  ]);
  const onProgress = (bytes: number) => report(`${volume}: ${bytesInWords(bytes)}`);
  const copied = await copyVolume({ production: from, staging: to }, plan, { onProgress });
  report("looking for personal details");
  await eachFile(to, folders.incoming, (path, content) => leaks.scanFile(`${volume}/${path}`, content));
  report("laying it beside the live files");
  await swapOfVolume(context, volume).prepare();
  return { ...copied, excluded: plan.excluded };
}

function nameOn({ stack }: Side, volume: string): string {
  return volumeName(stack.environment.stackName, volume);
}

async function exists({ engine }: Side, name: string): Promise<boolean> {
  try {
    await engine.docker.getVolume(name).inspect();
    return true;
  } catch (error) {
    if (statusOf(error) === 404) return false;
    throw error;
  }
}
