import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { writeFileAtomic } from "@understudy/core";
import { readDataFacts, type Target } from "@understudy/environment";
import type { Metadata } from "./archive/metadata.ts";
import { stampOf } from "./archive/name.ts";
import { originOf } from "./plan/facts-of.ts";

/** What an environment was like when a snapshot of it was made, or came from a teammate. */
export type Common = Pick<Metadata, "exportDate" | "exportedBy" | "databases" | "workflows">;

/** Remembered at most, the newest. */
const most = 30;

/** Beside the snapshots: of which copy of production's data all of them are, as JSON; null of none. */
const originFile = "origin";

/** Remember a snapshot that was made of an environment, or taken over: what is made of it later is compared with it. */
export function noteSnapshot(target: Target, { exportDate, exportedBy, databases, workflows }: Metadata): void {
  const folder = folderOf(target);
  if (!isOfThisData(target)) forgetHistory(target);
  mkdirSync(folder, { recursive: true });
  writeFileAtomic(join(folder, originFile), currentOrigin(target));
  const state: Common = { exportDate, exportedBy, databases, workflows };
  writeFileAtomic(join(folder, `${stampOf(new Date(exportDate))}.json`), JSON.stringify(state));
  for (const stamp of historyOf(target).slice(most)) rmSync(join(folder, `${stamp}.json`));
}

/** Stamps of the snapshots that an environment's data comes from, the newest first. */
export function historyOf(target: Target): string[] {
  const folder = folderOf(target);
  const names = isOfThisData(target) ? readdirSync(folder).filter((name) => /^[\d-]+\.json$/.test(name)) : [];
  return names.map((name) => name.slice(0, -".json".length)).sort((a, b) => b.localeCompare(a));
}

/** The newest snapshot that both an environment and a teammate's come from; undefined: none is known. */
export function commonWith(target: Target, { history }: Pick<Metadata, "history">): Common | undefined {
  const stamp = historyOf(target).find((own) => history.includes(own));
  if (stamp === undefined) return undefined;
  return JSON.parse(readFileSync(join(folderOf(target), `${stamp}.json`), "utf8")) as Common;
}

/** The data is other data now: nobody knows any more what it comes from. */
export function forgetHistory(target: Target): void {
  rmSync(folderOf(target), { recursive: true, force: true });
}

/** Snapshots from before another copy of production's data took the place of all say nothing of what is here now. */
function isOfThisData(target: Target): boolean {
  const file = join(folderOf(target), originFile);
  return existsSync(file) && readFileSync(file, "utf8") === currentOrigin(target);
}

function currentOrigin(target: Target): string {
  const { copy } = readDataFacts(target);
  return JSON.stringify(copy && originOf(copy));
}

function folderOf({ installation, environment }: Target): string {
  return join(installation.stateDir, "team", "snapshots", environment.name);
}
