import { backupUnderLock } from "@understudy/backup";
import { type HostSession, type Log, messageOf, secondsInWords, UserError } from "@understudy/core";
import { openSide } from "@understudy/data";
import {
  forgetJourney,
  type Journey,
  type Mutation,
  placeInWords,
  publish,
  readJourney,
  type Target,
  writeJourney,
} from "@understudy/environment";
import { arrive } from "./arrive.ts";
import { bringThere } from "./bring-there.ts";
import { carryAll, removeBegun } from "./carry-all.ts";
import { there, turned } from "./choose-journey.ts";
import type { Ground } from "./ground.ts";
import { leave } from "./leave.ts";

/** What travelling works with, under the locks of both ends. */
export interface Travel {
  readonly target: Target;
  readonly ground: Ground;
  readonly mutation: Mutation;
  /** The footholds at both ends; one where they are one machine. */
  readonly sessions: { readonly from: HostSession; readonly to: HostSession };
  readonly log: Log;
  readonly say: (line: string) => void;
}

export interface Travelled {
  readonly journey: Journey;
  /** How long nothing answered, ms; null when a part of it was in another run. */
  readonly away: number | null;
}

/** Bring an environment to the other place; when it does not come up there, back again. @throws UserError that says where it runs now */
export async function travel(journey: Journey, road: Travel): Promise<Travelled> {
  const isWhole = journey.phase === "leaving" && journey.backup === null;
  const prepared = journey.phase === "leaving" && journey.data === "moves" ? await prepare(journey, road) : journey;
  const began = performance.now();
  try {
    const ended = await go(prepared, road);
    return { journey: ended, away: isWhole ? performance.now() - began : null };
  } catch (error) {
    if (prepared.data === "stays") throw error;
    throw await goBack(prepared, road, error);
  }
}

/** Everything that can be done while the old place serves. Nothing is on disk yet: a failure changes nothing. */
async function prepare(journey: Journey, { target, ground, mutation, sessions, log, say }: Travel): Promise<Journey> {
  const { journal } = mutation;
  if (journey.backup) return journey;
  const last = readJourney(target);
  if (last && last.phase !== "there") writeJourney(target, there(last));
  journal.step("bring", { to: placeInWords(journey.to) });
  await bringThere(target, ground, sessions.to, { log, say });
  await using side = await openSide(ground.from.target);
  const { id } = await backupUnderLock(side, true, journal);
  return { ...journey, backup: id };
}

async function go(journey: Journey, road: Travel): Promise<Journey> {
  const { target, ground, mutation, sessions, log, say } = road;
  const { journal } = mutation;
  const { from, to } = ground;
  const note = async (next: Journey) => {
    writeJourney(target, next);
    await publish(target);
    return next;
  };
  let now = await note(journey);
  if (now.phase === "leaving") {
    journal.step("leave", { place: placeInWords(now.from) });
    await leave(from.target, from.engine, log);
    now = await note({ ...now, phase: "arriving" });
  }
  journal.step("data", { data: now.data });
  if (now.data === "stays") await removeBegun(now, ground);
  else if (!ground.node) now = await carryAll(now, road, note);
  journal.step("arrive", { place: placeInWords(now.to) });
  await arrive(target, to, { ...mutation, session: sessions.to, resumed: true }, { log, say });
  if (now.data === "moves") return await note(there(now));
  await undone(now, target, note);
  return now;
}

/** It is where it was. The way back that it had from there is still one. */
async function undone(journey: Journey, target: Target, note: (next: Journey) => Promise<Journey>): Promise<void> {
  if (journey.isBack) {
    const stale = journey.stale.filter((name) => !journey.begun.includes(name));
    await note({ ...journey, phase: "there", data: "moves", begun: [], carried: [], stale });
    return;
  }
  forgetJourney(target);
  await publish(target);
}

async function goBack(journey: Journey, road: Travel, cause: unknown): Promise<UserError> {
  const { target, ground, sessions, mutation, log, say } = road;
  const { name } = target.environment;
  const [why = ""] = messageOf(cause).split("\n");
  const [away, home] = [placeInWords(journey.to), placeInWords(journey.from)];
  log.error({ why }, "the new place is not well: going back");
  say(`${name} does not come up on ${away}: ${why}`);
  say(`Going back to ${home}`);
  mutation.journal.step("go back", { to: home });
  const back = { ...ground, from: ground.to, to: ground.from };
  const swapped = { from: sessions.to, to: sessions.from };
  const began = performance.now();
  try {
    await go(turned(readJourney(target) ?? journey), { ...road, ground: back, sessions: swapped });
  } catch (error) {
    return new UserError(`${name} does not come up on ${away} (${why}), nor again on ${home}: ${messageOf(error)}`, {
      next: `Mend that, and go on: pnpm engine:move --back --environment ${name}. The data on ${home} is whole`,
      cause,
    });
  }
  const took = secondsInWords((performance.now() - began) / 1_000);
  return new UserError(`${name} does not come up on ${away}: ${why}. It runs on ${home} again, after ${took}`, {
    next: `See pnpm logs and logs/${name} for why; mend it, and run the same command again`,
    cause,
  });
}
