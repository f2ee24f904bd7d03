import { UserError } from "@understudy/core";
import {
  deployOf,
  isSamePlace,
  type Journey,
  placeInWords,
  type Target,
  type Whereabouts,
} from "@understudy/environment";

export interface JourneyQuestion {
  readonly target: Target;
  /** Where the settings want it. */
  readonly wanted: Whereabouts;
  /** Where it was last deployed to; undefined: nothing is recorded of that. */
  readonly recorded: Whereabouts | undefined;
  /** The last one, ended or not. */
  readonly last: Journey | undefined;
  /** Back to where it was. */
  readonly back: boolean;
  readonly now: Date;
}

/** Which way an environment is to go: on with one that was cut off, back, or to where its settings say. Pure. @throws UserError */
export function chooseJourney(question: JourneyQuestion): Journey {
  const { target, wanted, recorded, back, now } = question;
  const { environment } = target;
  const last = back && question.last ? arrived(question.last, recorded) : question.last;
  if (last && last.phase !== "there") return back && last.data === "moves" ? turned(last) : last;
  const fresh = {
    phase: "leaving",
    data: "moves",
    begun: [],
    carried: [],
    home: null,
    backup: null,
    at: now.toISOString(),
  } as const;
  if (back) {
    if (last) return { ...fresh, from: last.to, to: last.from, stale: last.stale, isBack: true };
    throw new UserError(`${environment.name} was not moved, or what it left was removed: there is no way back`, {
      next: "To move it to another place, say so in understudy.yml, and run pnpm engine:move without --back",
    });
  }
  if (!recorded) {
    throw new UserError(`Nothing says where ${environment.name} runs`, {
      next: `Set understudy.yml to where it runs, and have that noted: ${deployOf(environment)} --refresh`,
    });
  }
  if (recorded.engine !== wanted.engine) {
    const isBack = last !== undefined && isSamePlace(last.to, recorded) && isSamePlace(last.from, wanted);
    return { ...fresh, from: recorded, to: wanted, stale: isBack ? last.stale : [], isBack };
  }
  throw new UserError(`${environment.name} runs on ${placeInWords(recorded)}, and understudy.yml says no other place`, {
    next: "Say engine: swarm and nodes: there, or host: of the one machine. docs/swarm.md",
  });
}

/** It was seen to be well there, and killed before that was noted here: what is written there since counts. */
function arrived(last: Journey, recorded: Whereabouts | undefined): Journey {
  const isThere = last.phase === "arriving" && last.data === "moves" && recorded && isSamePlace(recorded, last.to);
  return isThere ? there(last) : last;
}

/** A journey that came to its end. Pure. */
export function there(journey: Journey): Journey {
  return { ...journey, phase: "there", stale: journey.begun };
}

/** The same way back, when the new place does not come up: what is where it began counts. Pure. */
export function turned({ from, to, phase, begun, stale, isBack, backup, at }: Journey): Journey {
  const swapped = { from: to, to: from, home: null, isBack, backup, at };
  // What the old place still runs is left as it is; only what the new one has is taken down.
  return { ...swapped, phase: phase === "leaving" ? "arriving" : "leaving", data: "stays", begun, carried: [], stale };
}
