import { runSteps } from "@understudy/core";
import type { Journey } from "@understudy/environment";
import { existingVolumes, ownedVolumes } from "../live/missing-volumes.ts";
import { removeVolume } from "../live/strays.ts";
import { carryVolume } from "./carry-volume.ts";
import type { Ground } from "./ground.ts";
import { measureVolumes, modelAt } from "./look.ts";
import type { Travel } from "./travel.ts";

/** Copy every volume that is not there yet, one after another. @returns the journey as it was last noted @throws UserError */
export async function carryAll(
  journey: Journey,
  { target, ground }: Pick<Travel, "target" | "ground">,
  note: (next: Journey) => Promise<Journey>,
): Promise<Journey> {
  const { from, to } = ground;
  const { stackName } = target.environment;
  const { model } = await modelAt(target, from.place);
  const names = await existingVolumes(from.engine, ownedVolumes(stackName, model));
  const volumes = await measureVolumes(from.engine, stackName, names);
  let now = await note({ ...journey, begun: names });
  const node = journey.home ?? undefined;
  const left = volumes.filter(({ name }) => !journey.carried.includes(name));
  await runSteps(
    left.map(({ name: volume, bytes }) => ({
      title: `Copy ${volume}`,
      run: async (report) => {
        await carryVolume({ from: from.engine, to: to.engine, node, stackName, volume, bytes, report });
        now = await note({ ...now, carried: [...now.carried, volume] });
      },
    })),
  );
  return now;
}

/** Remove what a copy was begun of, at the place that it does not count at any more. */
export async function removeBegun({ begun }: Journey, { from }: Ground): Promise<void> {
  for (const volume of await existingVolumes(from.engine, begun)) await removeVolume(from.engine, volume);
}
