import { placeIn, Repository } from "@understudy/backup";
import { connectEngine, messageOf, UserError } from "@understudy/core";
import type { Side } from "@understudy/data";
import { variablesOf } from "../context.ts";
import { teamKey } from "../key/team-keys.ts";
import { placeOfAgent } from "./place-of-agent.ts";

/** The team's shared place, as long as it is open. */
export interface OpenPlace extends AsyncDisposable {
  readonly repository: Repository;
}

/** Open the team's shared place; it is made at the first use. @throws UserError when none is set, it cannot be reached, or the team's key is another one */
export async function openPlace({ engine, stack }: Pick<Side, "engine" | "stack">): Promise<OpenPlace> {
  const { settings, environment, installation } = stack;
  const { place: root, team } = settings.teamSync;
  if (root === undefined) {
    throw new UserError("No place is set where the team shares snapshots", {
      next: "Set teamSync.place in understudy.yml, or send archives by hand: pnpm team:export",
    });
  }
  await using opening = new AsyncDisposableStack();
  const there = placeOfAgent(root);
  const place = { what: "Snapshots", root: there?.folder ?? root, folder: team, environment: environment.name };
  const repository = opening.use(
    await Repository.open({
      engine: there ? opening.use(await connectEngine(there.host)) : engine,
      stackName: environment.stackName,
      location: placeIn(place, variablesOf(stack)),
      key: teamKey(installation),
      warn: (line) => void process.stderr.write(`warning: ${line}\n`),
    }).catch((error) => {
      throw isOtherKey(error) ? otherKey(root, team, error) : error;
    }),
  );
  const open = opening.move();
  return { repository, [Symbol.asyncDispose]: () => open.disposeAsync() };
}

function isOtherKey(error: unknown): boolean {
  return /does not open with the key/.test(messageOf(error));
}

function otherKey(root: string, team: string, cause: unknown): UserError {
  return new UserError(`${root} of team ${team} does not open with this installation's team key`, {
    next: "Take your team's over: pnpm team:key --use",
    cause,
  });
}
