import type { Log } from "@understudy/core";
import type { Mutation, Target } from "@understudy/environment";
import { changeStack, type DeployOutcome } from "../change-stack.ts";
import { followPhases } from "../report/phases.ts";
import type { End } from "./ground.ts";
import { recordedAtPlace } from "./look.ts";

/**
 * Deploy what is recorded at one of its places, on the volumes that are there, and see every service healthy and answering. What a run before
 * left is taken up. Its record then says that place. @throws UserError
 */
export async function arrive(
  target: Target,
  { place, engine }: Pick<End, "place" | "engine">,
  mutation: Mutation,
  { log, say }: { readonly log: Log; readonly say: (line: string) => void },
): Promise<DeployOutcome> {
  const { target: there, profile, release, lastMigration } = recordedAtPlace(target, place);
  return await changeStack(
    {
      ...{ verb: "engine:move", target: there, profile, recorded: release, engine, lastMigration, say, log },
      ...{ refresh: true, straight: true, acceptEmptyVolumes: [], endPhase: followPhases(log) },
    },
    mutation,
  );
}
