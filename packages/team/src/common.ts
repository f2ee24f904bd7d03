import { readFact, writeFact } from "@understudy/core";
import type { Target } from "@understudy/environment";
import type { Metadata } from "./archive/metadata.ts";

const fact = "team-common";

/** What an environment and its teammates had in common last: compared with it, a change is told from its absence. */
export type Common = Pick<Metadata, "exportDate" | "exportedBy" | "databases" | "workflows">;

export function noteCommon({ installation, environment }: Target, metadata: Metadata): void {
  const { exportDate, exportedBy, databases, workflows } = metadata;
  writeFact(installation, environment.name, fact, { exportDate, exportedBy, databases, workflows } satisfies Common);
}

export function commonOf({ installation, environment }: Target): Common | undefined {
  return readFact<Common>(installation, environment.name, fact);
}
