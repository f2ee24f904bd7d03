import { existsSync, readdirSync, readFileSync, readlinkSync, realpathSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Installation, UserError } from "@understudy/core";

/** Longer than the longest stop_grace_period that a container may be given while an orphan replaces it; ms. */
const patience = 300_000;

/** Where Pulumi works for an environment. */
export function workFolder(installation: Installation, environment: string): string {
  return join(installation.stateDir, "pulumi", environment);
}

/**
 * Wait until no Pulumi works in a folder any more. One that does was left by a run that was killed alone: without its
 * program it ends by itself, but until then it may still be making containers and writing the state.
 * Only where /proc tells; elsewhere Pulumi's own lock has to do.
 * @throws UserError when it does not end.
 */
export async function awaitOrphanedEngine(folder: string, say: (line: string) => void): Promise<void> {
  const deadline = Date.now() + patience;
  for (let told = false; ; told = true) {
    const [pid] = enginesIn(folder);
    if (pid === undefined) return;
    if (!told) say(`Waiting: a Pulumi of the run that was cut off still works (process ${pid})`);
    if (Date.now() > deadline) {
      throw new UserError(`A Pulumi of a run that was cut off still works (process ${pid})`, {
        next: "Wait until it ends, or end it, and run again",
      });
    }
    await sleep(250);
  }
}

function enginesIn(folder: string): number[] {
  if (!existsSync("/proc/self/cwd") || !existsSync(folder)) return [];
  const real = realpathSync(folder);
  return readdirSync("/proc").flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const isEngine = readFileSync(`/proc/${name}/comm`, "utf8").trim() === "pulumi";
      return isEngine && readlinkSync(`/proc/${name}/cwd`) === real ? [Number(name)] : [];
    } catch {
      // It ended between two looks, or it is somebody else's.
      return [];
    }
  });
}
