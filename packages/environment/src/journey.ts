import { type Engine, forgetFact, isOfStack, readFact, UserError, writeFact } from "@understudy/core";
import { deployOf } from "./deployed-stack.ts";
import { deployedAt } from "./recorded.ts";
import type { Target } from "./target.ts";
import { placeInWords, type Whereabouts } from "./whereabouts.ts";

/** An environment's way from one place to another, on disk, so that another run can bring it to an end, and lead it back. */
export interface Journey {
  readonly from: Whereabouts;
  readonly to: Whereabouts;
  /** `leaving`: what runs at `from` is taken down. `arriving`: nothing runs there any more. `there`: it runs at `to`, and was seen to be well. */
  readonly phase: "leaving" | "arriving" | "there";
  /** Whether what is at `from` counts. It does not when the new place did not come up: then the old one's does. */
  readonly data: "moves" | "stays";
  /** Volumes at `to`, by their names on the host, that a copy was begun of; and those that were proven equal. */
  readonly begun: readonly string[];
  readonly carried: readonly string[];
  /** Volumes that are not what counts and may be written over: at `to`, of the time before; once it is `there`, at `from`. */
  readonly stale: readonly string[];
  /** ID of the node of the swarm that the data is brought to; null: to one host, or it is there. */
  readonly home: string | null;
  /** It leads back where it was moved from before, and where that way back stays when this one is not gone to its end. */
  readonly isBack: boolean;
  /** Id of the backup that was taken before. */
  readonly backup: string | null;
  /** ISO 8601. */
  readonly at: string;
}

const fact = "move";

export function readJourney({ installation, environment }: Target): Journey | undefined {
  return readFact<Journey>(installation, environment.name, fact);
}

export function writeJourney({ installation, environment }: Target, journey: Journey): void {
  writeFact(installation, environment.name, fact, journey);
}

export function forgetJourney({ installation, environment }: Target): void {
  forgetFact(installation, environment.name, fact);
}

/** @throws UserError for an environment that is on its way, or runs elsewhere than its settings say: an empty second one would be made */
export async function refuseElsewhere(target: Target, connected: Engine): Promise<void> {
  const { installation, environment } = target;
  const { name, engine } = environment;
  const journey = readJourney(target);
  if (journey && journey.phase !== "there") {
    throw new UserError(`${name} is on its way from ${placeInWords(journey.from)} to ${placeInWords(journey.to)}`, {
      next: `Bring it to an end: pnpm engine:move --environment ${name}; or take it back, with --back`,
    });
  }
  const place = deployedAt(target);
  // Destroyed with its data, it is nowhere.
  if (!readFact(installation, name, "volumes")) return;
  if (!place) await refuseUnknown(target, connected);
  if (!place || place.engine === engine) return;
  const settings = engine === "swarm" ? "engine: swarm" : "engine: docker";
  throw new UserError(`${name} runs on ${placeInWords(place)}, and understudy.yml says ${settings}`, {
    next: `Move it there with all its data: pnpm engine:move --environment ${name}; or set understudy.yml back`,
  });
}

/** What was deployed by an earlier version says nothing of its place. A swarm that has nothing of it is not it. */
async function refuseUnknown({ environment }: Target, { fleet }: Engine): Promise<void> {
  if (!fleet) return;
  const { services } = await fleet.look();
  if (services.some(({ Spec }) => isOfStack(Spec.Labels, environment.stackName))) return;
  throw new UserError(
    `${environment.name} was deployed elsewhere: the swarm that understudy.yml names has nothing of it`,
    {
      next: `Set understudy.yml back, and have its place noted: ${deployOf(environment)} --refresh. Then move it: pnpm engine:move`,
    },
  );
}
