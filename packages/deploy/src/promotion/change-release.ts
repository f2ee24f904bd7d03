import { type Engine, type Log, messageOf, runSteps, UserError } from "@understudy/core";
import { type Mutation, publish, type Recorded, type Target } from "@understudy/environment";
import { changeStack, type DeployOutcome, type StackChange } from "../change-stack.ts";
import { recordedAt } from "../points/recorded-at.ts";
import { tagTime } from "../points/tag-name.ts";
import { followPhases } from "../report/phases.ts";
import type { WorkflowsChange } from "../workflows.ts";
import { settle } from "./settle.ts";
import { markChangeBegun, markChangeEnded, type UnfinishedChange, unfinishedChange } from "./unfinished.ts";

/** What changing the release of an environment works with, under its lock. */
export interface ReleaseChange {
  readonly verb: UnfinishedChange["verb"];
  readonly target: Target;
  readonly engine: Engine;
  readonly mutation: Mutation;
  /** What has to be is to be there soonest, whoever waits meanwhile. */
  readonly straight?: boolean;
  /** What becomes of the workflows. Where it is gone back, they go back too. */
  readonly workflows?: StackChange["workflows"];
  readonly log: Log;
  /** Says a line to the person. */
  readonly say: (line: string) => void;
}

export interface ReleaseChangeOptions {
  /** The rollback point that leads back; null when nothing ran before. */
  readonly tag: string | null;
  /** Makes the release run, and watches it; `proveRelease` unless told. */
  readonly run?: () => Promise<DeployOutcome>;
}

/**
 * Make an environment run a release, and watch it for a while; when it is not well, go back to the rollback point.
 * @throws UserError that says which release runs now
 */
export async function changeRelease(
  change: ReleaseChange,
  to: Recorded,
  { tag, run = () => proveRelease(change, to) }: ReleaseChangeOptions,
): Promise<DeployOutcome> {
  const { verb, target } = change;
  markChangeBegun(target, { verb, release: to.release.id, tag });
  await publish(target);
  let outcome: DeployOutcome;
  try {
    outcome = await run();
  } catch (error) {
    // Ended: it runs and was seen to be well; only what it left is not removed.
    if (tag === null || !unfinishedChange(target)) throw error;
    throw await goBack(change, tag, to.release.id, error);
  }
  markChangeEnded(target);
  return outcome;
}

/** Bring a change of release that was cut off to an end: back to where it began. @returns the release that runs now, if there was one */
export async function recoverChange(change: ReleaseChange): Promise<string | undefined> {
  const { target, say } = change;
  const unfinished = unfinishedChange(target);
  if (!unfinished) return undefined;
  const { verb, release, tag } = unfinished;
  if (tag === null) {
    markChangeEnded(target);
    return undefined;
  }
  const back = recordedAt(target, tag);
  say(`The ${verb} to release ${release} was cut off: going back to ${tag}, release ${back.release.id}`);
  await returnTo(change, tag, back);
  return back.release.id;
}

/** Workflows go back with a release: what came since its rollback point goes, and what belonged to it and is not there comes. */
export function workflowsAt(tag: string): WorkflowsChange {
  return { manner: "tolerant", since: tagTime(tag) };
}

async function goBack(change: ReleaseChange, tag: string, release: string, cause: unknown): Promise<UserError> {
  const { target, mutation, log, say } = change;
  const why = messageOf(cause).split("\n")[0];
  log.error({ release, tag, why }, "the new release is not well: going back");
  say(`Release ${release} is not well: ${why}`);
  say(`Going back to ${tag}`);
  mutation.journal.step("go back", { tag });
  const back = recordedAt(target, tag);
  const { name } = target.environment;
  try {
    await returnTo(change, tag, back);
  } catch (error) {
    return new UserError(
      `Release ${release} is not well (${why}), and going back to ${tag} failed: ${messageOf(error).split("\n")[0]}`,
      { next: `See pnpm health:check --environment ${name}; then: pnpm rollback --tag ${tag} --with-data`, cause },
    );
  }
  return new UserError(`Release ${release} is not well: ${why}. ${name} runs release ${back.release.id} again`, {
    next: `See logs/${name} and pnpm logs --environment ${name}; mend it in staging and promote again`,
    cause,
  });
}

/** Deploy what a rollback point holds. Leftovers of the release that did not come up are to be expected. */
async function returnTo(change: ReleaseChange, tag: string, to: Recorded): Promise<void> {
  const mutation = { ...change.mutation, resumed: true };
  await runRelease({ ...change, workflows: workflowsAt(tag), mutation }, to);
  markChangeEnded(change.target);
}

/** Deploy a recorded release, see its services healthy, and watch it for a while. @throws UserError when it is not well */
export async function proveRelease(change: ReleaseChange, to: Recorded): Promise<DeployOutcome> {
  const outcome = await runRelease(change, to);
  change.mutation.journal.step("settle", { release: to.release.id });
  await watch(change);
  return outcome;
}

/** Deploy a recorded release, and see its services healthy. */
async function runRelease(
  change: ReleaseChange,
  { target, profile, release, lastMigration }: Recorded,
): Promise<DeployOutcome> {
  const { verb, engine, mutation, straight = false, workflows, log, say } = change;
  const stack: StackChange = {
    ...{ verb, target, profile, recorded: release, engine, straight, workflows, lastMigration, say, log },
    refresh: true,
    acceptEmptyVolumes: [],
    endPhase: followPhases(log),
  };
  return await changeStack(stack, mutation);
}

async function watch({ target, engine, say }: ReleaseChange): Promise<void> {
  await runSteps([
    {
      title: "Watch it for a while",
      run: (report) => settle(target, engine, { say, report }),
    },
  ]);
}
