import { join } from "node:path";
import { forgetFact, readFact, writeFact } from "@understudy/core";
import { keptName, type SwapFile } from "@understudy/data";
import type { Target } from "@understudy/environment";

/** The data that the last import replaced, and that `team:undo` brings back. */
export interface Kept {
  /** What replaced it, for people. */
  readonly by: string;
  /** ISO 8601. */
  readonly at: string;
  readonly databases: readonly string[];
  /** As the compose files name them. */
  readonly volumes: readonly string[];
}

const fact = "team-kept";

export function keptOf({ installation, environment }: Target): Kept | undefined {
  return readFact<Kept>(installation, environment.name, fact);
}

/** What a swap replaces is kept: written down before it is renamed, so that a killed run leaves nothing that nobody knows of. */
export function noteKept({ installation, environment }: Target, { what, databases, volumes }: SwapFile): void {
  writeFact(installation, environment.name, fact, {
    by: what,
    at: new Date().toISOString(),
    databases: databases.filter(({ hadLive }) => hadLive).map(({ name }) => name),
    volumes,
  } satisfies Kept);
}

export function forgetKept({ installation, environment }: Target): void {
  forgetFact(installation, environment.name, fact);
}

/** Names of the databases that are kept from before, as the server has them. */
export function keptDatabases(target: Target): ReadonlySet<string> {
  return new Set(keptOf(target)?.databases.map(keptName));
}

/** Where an import, or an undo, writes how far it is. */
export function swapFileOf({ installation, environment }: Target): string {
  return join(installation.stateDir, "team", `${environment.name}-swap.json`);
}
