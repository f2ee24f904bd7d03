import { forgetFact, readFact, writeFact } from "@understudy/core";
import type { Target } from "./target.ts";

/** A copy of production's data that an environment holds, or whose data its own was made from. */
export interface HeldCopy {
  /** `20261121-170501`; of one that came in a teammate's snapshot, with that snapshot's time after it: `20261121-170501@2026-11-22-14-05-09`. */
  readonly id: string;
  /** When it was made, ISO 8601. */
  readonly at: string;
  readonly result: "succeeded";
  /** The production that it is of. */
  readonly from: string;
  /** Personal details in it are production's own. */
  readonly unmasked: boolean;
  /** How long the services took to be well with it here; null when that was not seen. */
  readonly healthySeconds: number | null;
}

/** What is known of where an environment's data comes from. It goes where the data goes. */
export interface DataFacts {
  /** Null: it is no copy of production's. */
  readonly copy: HeldCopy | null;
  /** Names of the workflows that may be live in a copy. */
  readonly activeWorkflows: readonly string[];
}

type Place = Pick<Target, "installation" | "environment">;

const facts = { copy: "copy", active: "active-workflows", migrations: "workflow-migrations" } as const;

export function readDataFacts({ installation, environment }: Place): DataFacts {
  const read = <Value>(fact: string) => readFact<Value>(installation, environment.name, fact);
  return { copy: read<HeldCopy>(facts.copy) ?? null, activeWorkflows: read<string[]>(facts.active) ?? [] };
}

/** The data is other data now: say what is known of that. Migrations of workflows that the old data had count as new. */
export function writeDataFacts({ installation, environment }: Place, { copy, activeWorkflows }: DataFacts): void {
  const { name } = environment;
  // Killed on its way, it leaves fewer workflows that may be live, not more.
  forgetFact(installation, name, facts.active);
  if (copy) writeFact(installation, name, facts.copy, copy);
  else forgetFact(installation, name, facts.copy);
  if (copy) writeFact(installation, name, facts.active, activeWorkflows);
  forgetFact(installation, name, facts.migrations);
}
