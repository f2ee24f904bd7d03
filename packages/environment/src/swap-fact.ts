import { forgetFact, readFact, UserError, writeFact } from "@understudy/core";
import { placeOf } from "./book/take-over.ts";
import type { Target } from "./target.ts";

const fact = "swap";

/** The fact that says which workflow migrations an environment's data was brought. Other data may lack them. */
export const migrationsFact = "workflow-migrations";

/** New data that is being put in place of an environment's own. */
export interface UnfinishedSwap {
  /** What it is, for people: `The copy 20261121-170501`. */
  readonly what: string;
  /** The command that finishes it. */
  readonly finish: string;
  /** ISO 8601. */
  readonly at: string;
  /** The installation that began it, see `placeOf`; absent in one of an earlier version. */
  readonly where?: string;
}

/** From here until `markSwapEnded` nothing but the same verb may change the environment: its services could start on half of the data. */
export function markSwapBegun({ installation, environment }: Target, swap: Omit<UnfinishedSwap, "at">): void {
  const { what, finish } = swap;
  writeFact(installation, environment.name, fact, {
    what,
    finish,
    at: new Date().toISOString(),
    where: placeOf(installation),
  } satisfies UnfinishedSwap);
  forgetFact(installation, environment.name, migrationsFact);
}

/** The old data or the new stands whole. */
export function markSwapEnded({ installation, environment }: Target): void {
  forgetFact(installation, environment.name, fact);
}

/** The swap that a killed run left behind, if there is one. */
export function unfinishedSwap({ installation, environment }: Target): UnfinishedSwap | undefined {
  return readFact<UnfinishedSwap>(installation, environment.name, fact);
}

/** @throws UserError when a swap was cut off. */
export function refuseUnfinishedSwap(target: Target): void {
  const swap = unfinishedSwap(target);
  if (!swap) return;
  throw new UserError(`${swap.what} to ${target.environment.name} was cut off while its data was swapped in`, {
    next: `Finish it: ${swap.finish}`,
  });
}

/** @throws UserError when a copy was cut off in another installation: how far it is stands beside the copy, which no other has. */
export function refuseSwapElsewhere(target: Target, verb: string): void {
  const swap = unfinishedSwap(target);
  const here = placeOf(target.installation);
  if (verb !== "sync:production" || !swap?.finish.startsWith("pnpm sync:") || (swap.where ?? here) === here) return;
  const { name } = target.environment;
  throw new UserError(`${swap.what} to ${name} was cut off on ${swap.where} while its data was swapped in`, {
    next: `Finish it there: ${swap.finish}. If that machine is lost, begin anew: pnpm destroy:staging --environment ${name} --volumes`,
  });
}
