import { confirmDestructive, openEngine, openLog, UserError } from "@understudy/core";
import {
  atPlace,
  connectTo,
  forgetJourney,
  type Journey,
  placeInWords,
  publish,
  readJourney,
  type Target,
} from "@understudy/environment";
import { ensureToolbox } from "../images/acquire.ts";
import { existingVolumes } from "../live/missing-volumes.ts";
import { removeVolume } from "../live/strays.ts";
import { mutateStack } from "../mutate-stack.ts";
import type { MoveRequest } from "./move.ts";
import { type MoveReport, reportOf } from "./report.ts";

/** Remove the volumes that a move has left at the old place, and with them the way back. @throws UserError */
export async function finishMove(target: Target, request: MoveRequest): Promise<MoveReport> {
  const { dryRun, yes, wait, say } = request;
  const { environment, installation } = target;
  const journey = finished(target);
  await using old = await openEngine(atPlace(target, journey.from).environment);
  const volumes = await existingVolumes(old, journey.stale);
  const report = reportOf(target, "finished", { journey, looked: undefined, plan: undefined });
  const steps = volumes.map((name) => `remove ${name} on ${placeInWords(journey.from)}`);
  for (const step of steps) say(`  ${step}`);
  if (dryRun) return { ...report, result: "planned", steps };
  const typed = volumes.length ? { typed: environment.name } : {};
  await confirmDestructive(`There will be no way back to ${placeInWords(journey.from)}.`, { yes, ...typed });
  await using engine = await connectTo(atPlace(target, journey.to));
  const log = openLog(installation, environment.name, "move");
  const options = { verb: "engine:move", wait, toolbox: await ensureToolbox(engine, say), log, say };
  await mutateStack(target, engine, options, async ({ journal }) => {
    finished(target);
    journal.step("finish", { volumes });
    for (const name of volumes) await removeVolume(old, name);
    forgetJourney(target);
    await publish(target);
  });
  return { ...report, steps };
}

function finished(target: Target): Journey {
  const journey = readJourney(target);
  if (journey?.phase === "there") return journey;
  throw new UserError(`${target.environment.name} has not been moved`, {
    next: journey
      ? `Bring it to an end first: pnpm engine:move --environment ${target.environment.name}`
      : "There is nothing to remove",
  });
}
