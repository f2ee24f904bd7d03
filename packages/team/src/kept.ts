import { join } from "node:path";
import { forgetFact, readFact, writeFact } from "@understudy/core";
import { keptName, type SwapFile } from "@understudy/data";
import { type DataFacts, type Target, writeDataFacts } from "@understudy/environment";
import { forgetHistory } from "./common.ts";

/** The data that the last import replaced, and that `team:undo` brings back. */
export interface Kept {
  /** What replaced it, for people. */
  readonly by: string;
  /** ISO 8601. */
  readonly at: string;
  readonly databases: readonly string[];
  /** As the compose files name them. */
  readonly volumes: readonly string[];
  /** What is known of it. */
  readonly facts: DataFacts;
}

const fact = "team-kept";

export function keptOf({ installation, environment }: Target): Kept | undefined {
  return readFact<Kept>(installation, environment.name, fact);
}

/**
 * What a swap brought is proven: note what it replaced, before that is renamed, and what is known of what is live now. A killed run leaves
 * nothing that nobody knows of; the one that ends it says the same again.
 */
export function noteSwapped(target: Target, { what, databases, volumes, facts, fromKept }: SwapFile): void {
  if (!facts) throw new Error(`nothing was noted of the data before ${what}`);
  const { installation, environment } = target;
  writeFact(installation, environment.name, fact, {
    by: what,
    at: new Date().toISOString(),
    databases: databases.filter(({ hadLive }) => hadLive).map(({ name }) => name),
    volumes,
    facts: facts.before,
  } satisfies Kept);
  writeDataFacts(target, facts.after);
  // Which snapshots the older data came from is not known any more.
  if (fromKept) forgetHistory(target);
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
