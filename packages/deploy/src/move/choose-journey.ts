import { UserError } from "@understudy/core";
import { deployOf, type Journey, placeInWords, type Target, type Whereabouts } from "@understudy/environment";

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
  const { target, wanted, recorded, last, back, now } = question;
  const { environment } = target;
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
    if (last) return { ...fresh, from: last.to, to: last.from, stale: last.stale };
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
    return { ...fresh, from: recorded, to: wanted, stale: last?.to.engine === recorded.engine ? last.stale : [] };
  }
  throw new UserError(`${environment.name} runs on ${placeInWords(recorded)}, and understudy.yml says no other place`, {
    next: "Say engine: swarm and nodes: there, or host: of the one machine. docs/swarm.md",
  });
}

/** The same way back, when the new place does not come up: what is where it began counts. Pure. */
export function turned({ from, to, phase, begun, stale, backup, at }: Journey): Journey {
  const there = { from: to, to: from, home: null, backup, at };
  // What the old place still runs is left as it is; only what the new one has is taken down.
  return { ...there, phase: phase === "leaving" ? "arriving" : "leaving", data: "stays", begun, carried: [], stale };
}
