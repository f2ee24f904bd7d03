import { forgetFact, readFact, writeFact } from "@understudy/core";
import type { Target } from "@understudy/environment";

const fact = "promotion";

/** A change of release that is under way, on disk, so that another run can bring it to an end. */
export interface UnfinishedChange {
  readonly verb: "promote" | "rollback";
  /** To which release. */
  readonly release: string;
  /** The rollback point that leads back; null when nothing ran before. */
  readonly tag: string | null;
}

/** From here on the environment may run a part of each release. */
export function markChangeBegun({ installation, environment }: Target, change: UnfinishedChange): void {
  writeFact(installation, environment.name, fact, change);
}

/** One release runs whole, and was seen to be well. */
export function markChangeEnded({ installation, environment }: Target): void {
  forgetFact(installation, environment.name, fact);
}

/** What a killed run left, if it left anything. */
export function unfinishedChange({ installation, environment }: Target): UnfinishedChange | undefined {
  return readFact<UnfinishedChange>(installation, environment.name, fact);
}
