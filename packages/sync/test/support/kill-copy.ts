import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { finished } from "../../../deploy/test/support/installation.ts";
import { backToOld, served } from "./small-stage.ts";
import type { Stage } from "./stage.ts";

export interface Killed {
  /** When, for people: `after 3.2 s, copying`. */
  readonly at: string;
  /** What staging served before the swap, where that was not its old data. */
  readonly early: readonly string[];
}

export interface KillPlan {
  readonly seed: number;
  /** How long a copy lasts, ms. */
  readonly took: number;
  /** Not at any moment, but while the data is being swapped. */
  readonly inSwap: boolean;
}

/** Begin a copy and `kill -9` it; meanwhile look at what staging serves. One that ended before is begun again. */
export async function killDuringCopy(stage: Stage, plan: KillPlan): Promise<Killed> {
  const chance = createHash("sha256").update(String(plan.seed)).digest().readUInt32BE() / 2 ** 32;
  const earlier = phases(stage).length;
  const phase = () => phases(stage).slice(earlier).at(-1);
  const child = stage.installation.start("sync:production", "--only", "postgres", "--yes", "--json");
  const end = finished(child);
  const began = Date.now();
  const isOver = () => child.exitCode !== null || child.signalCode !== null;
  const watch = watchServed(stage, () => isOver() || after.includes(phase() ?? ""));
  await Promise.race([plan.inSwap ? swapping(phase, chance) : sleep(300 + chance * plan.took), end]);
  if (isOver()) {
    const { exitCode, stderr } = await end;
    if (exitCode !== 0) throw new Error(`the copy failed before it was killed: ${stderr}`);
    await watch;
    await backToOld(stage);
    return await killDuringCopy(stage, { ...plan, took: plan.took * 0.85 });
  }
  const at = `after ${((Date.now() - began) / 1_000).toFixed(1)} s, ${phase() ?? "before the copy"}`;
  if (child.pid) process.kill(-child.pid, "SIGKILL");
  await end;
  return { at, early: await watch };
}

/** Phases in which staging may serve the new data, or none. */
const after = ["swapping", "proving", "proven", "ended"];

/** Of every copy that was begun, the newest last. */
export function phases({ installation }: Stage): string[] {
  const folder = join(installation.root, "staging-data");
  if (!existsSync(folder)) return [];
  const files = readdirSync(folder)
    .sort()
    .map((id) => join(folder, id, "state.json"));
  return files
    .filter((file) => existsSync(file))
    .map((file) => (JSON.parse(readFileSync(file, "utf8")) as { phase: string }).phase);
}

/** Some moment after the swap began, and before it can have ended. */
async function swapping(phase: () => string | undefined, chance: number): Promise<void> {
  while (!["swapping", "proving"].includes(phase() ?? "")) await sleep(10);
  await sleep(chance * 1_500);
}

/** What staging served, other than its old data, until it may. */
async function watchServed(stage: Stage, mayServeOther: () => boolean): Promise<string[]> {
  const early: string[] = [];
  while (!mayServeOther()) {
    const data = await served(stage);
    if (data !== "old" && !mayServeOther()) early.push(data);
    await sleep(100);
  }
  return early;
}
