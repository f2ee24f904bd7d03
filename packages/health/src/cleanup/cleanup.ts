import { lstatSync } from "node:fs";
import { audit, confirmDestructive, type Engine, messageOf, openEngine, UserError } from "@understudy/core";
import { chooseTarget, type EnvironmentChoice, type Target } from "@understudy/environment";
import { historyFile } from "../history/history-file.ts";
import { takeInventory } from "./inventory.ts";
import { type Inventory, type Kept, planCleanup, type Removal, type RemovalKind } from "./plan.ts";
import { type Failure, removeAll } from "./remove.ts";
import { sumUp } from "./report.ts";

export interface CleanupRequest extends EnvironmentChoice {
  readonly dryRun: boolean;
  readonly yes: boolean;
}

type Item = Pick<Removal, "kind" | "name" | "bytes" | "because">;

/** What `cleanup --json` says. Sizes in bytes. */
export interface CleanupReport {
  readonly environment: string;
  /** What was (in a dry run: would be) removed. */
  readonly removed: readonly Item[];
  /** What is old and stays. */
  readonly kept: readonly Kept[];
  readonly failed: readonly (Item & { readonly error: string })[];
  /** Why releases and images were left alone, if they were. */
  readonly skipped: string | null;
  /** Disk regained, by kind. */
  readonly bytes: Readonly<Record<RemovalKind | "total", number>>;
  /** What the monitor's history takes; the monitor itself keeps it small. */
  readonly historyBytes: number;
  /** Containers that a verb which was cut off left behind. */
  readonly abandoned: readonly string[];
}

/** Remove an environment's old logs, releases and images, as far as nothing needs them. */
export async function cleanup(request: CleanupRequest): Promise<CleanupReport> {
  const target = chooseTarget(request);
  const connected = await connect(target);
  await using engine = connected instanceof UserError ? undefined : connected;
  const inventory = await takeInventory(target, connected);
  const { removals, kept } = planCleanup(inventory);
  const report = (removed: readonly Removal[], failed: readonly Failure[] = []) =>
    makeReport(target, inventory, kept, removed, failed);
  if (request.dryRun || removals.length === 0) return report(removals);
  await confirmDestructive(`Remove ${sumUp(removals)} of ${target.environment.name}?`, request);
  // A person takes time to answer: what came into use meanwhile stays.
  const agreed = request.yes
    ? removals
    : inBoth(removals, planCleanup(await takeInventory(target, connected)).removals);
  const { removed, failed } = await removeAll(agreed, target.installation, engine);
  const done = report(removed, failed);
  record(target, done);
  return done;
}

async function connect({ environment }: Target): Promise<Engine | UserError> {
  try {
    return await openEngine(environment);
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
}

function inBoth(removals: readonly Removal[], now: readonly Removal[]): Removal[] {
  return removals.filter(({ kind, name }) => now.some((other) => other.kind === kind && other.name === name));
}

function makeReport(
  target: Target,
  { stack }: Inventory,
  kept: readonly Kept[],
  removed: readonly Removal[],
  failed: readonly Failure[],
): CleanupReport {
  const item = ({ kind, name, bytes, because }: Removal): Item => ({ kind, name, bytes, because });
  const sum = (...kinds: RemovalKind[]) =>
    removed.filter(({ kind }) => kinds.includes(kind)).reduce((total, { bytes }) => total + bytes, 0);
  return {
    environment: target.environment.name,
    removed: removed.map(item),
    kept,
    failed: failed.map(({ removal, error }) => ({ ...item(removal), error })),
    skipped: "problem" in stack ? stack.problem : null,
    bytes: { log: sum("log"), image: sum("image"), release: sum("release"), total: sum("log", "image", "release") },
    historyBytes: historyBytes(target),
    abandoned: "problem" in stack ? [] : stack.abandoned,
  };
}

function historyBytes({ installation, environment }: Target): number {
  const file = historyFile(installation, environment.name);
  return ["", "-wal"].reduce((sum, end) => sum + (lstatSync(file + end, { throwIfNoEntry: false })?.size ?? 0), 0);
}

/** After the fact: on a full disk there is room for it only then, and a trail that cannot be written undoes nothing. */
function record({ installation, environment }: Target, { removed, failed, bytes }: CleanupReport): void {
  const named = removed.filter(({ kind }) => kind !== "log").map(({ name }) => name);
  const detail = { bytes: bytes.total, logs: removed.length - named.length, removed: named, failed };
  const result = failed.length ? "failed" : "succeeded";
  try {
    audit(installation, { what: "cleanup", environment: environment.name, result, detail });
  } catch (error) {
    process.stderr.write(`The audit trail could not be written: ${messageOf(error)}\n`);
  }
}
