import { placeIn, Repository } from "@understudy/backup";
import { messageOf, UserError } from "@understudy/core";
import type { Side } from "@understudy/data";
import { variablesOf } from "../context.ts";
import { teamKey } from "../key/team-keys.ts";

/** The team's shared place, made at the first use. @throws UserError when none is set, it cannot be reached, or the team's key is another one */
export async function openPlace({ engine, stack }: Pick<Side, "engine" | "stack">): Promise<Repository> {
  const { settings, environment, installation } = stack;
  const { place: root, team } = settings.teamSync;
  if (root === undefined) {
    throw new UserError("No place is set where the team shares snapshots", {
      next: "Set teamSync.place in understudy.yml, or send archives by hand: pnpm team:export",
    });
  }
  try {
    return await Repository.open({
      engine,
      stackName: environment.stackName,
      location: placeIn({ what: "Snapshots", root, folder: team, environment: environment.name }, variablesOf(stack)),
      key: teamKey(installation),
      warn: (line) => void process.stderr.write(`warning: ${line}\n`),
    });
  } catch (error) {
    if (!/does not open with the key/.test(messageOf(error))) throw error;
    throw new UserError(`${root} of team ${team} does not open with this installation's team key`, {
      next: "Take your team's over: pnpm team:key --use",
      cause: error,
    });
  }
}
