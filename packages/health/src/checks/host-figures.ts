import { statfs } from "node:fs/promises";
import { freemem, loadavg, totalmem } from "node:os";
import { exec, UserError } from "@understudy/core";
import type { CheckContext } from "./check.ts";
import { type DiskSpace, diskFree } from "./disk-free.ts";
import { oncePerRound } from "./once-per-round.ts";
import { usual } from "./usual.ts";
import { percent } from "./words.ts";

export interface HostFigures {
  /** Bytes. */
  readonly total: number;
  readonly available: number;
  /** Of the last 15 minutes. */
  readonly load: number;
}

/** What the engine's host has of memory, and how much it has to do. */
export function hostFigures(context: CheckContext): Promise<HostFigures> {
  return oncePerRound(context, "host", async () => {
    if (!context.engine.remote) return { total: totalmem(), available: freemem(), load: loadavg()[2] ?? 0 };
    // Not the container's: these two files show the host.
    const command = ["cat", "/proc/meminfo", "/proc/loadavg"];
    const { stdout } = await exec(context.engine, someContainer(context), command, { timeout: usual.timeout });
    const kibibytes = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(stdout)?.[1]) * 1_024;
    const load = Number(stdout.trim().split("\n").at(-1)?.split(" ")[2]);
    return { total: kibibytes("MemTotal"), available: kibibytes("MemAvailable"), load };
  });
}

/** Room on the disk that the engine's data is on. */
export async function hostSpace(context: CheckContext, dataFolder: string): Promise<Omit<DiskSpace, "size">> {
  const here = context.engine.remote ? undefined : await spaceHere(dataFolder);
  if (here) return here;
  const [root] = await diskFree(context, someContainer(context), ["/"], usual.timeout);
  if (!root) throw new UserError("df says nothing of the host's disk");
  return root;
}

/** Undefined where the engine's data is not on this machine's disks, as with an engine in a virtual machine. */
async function spaceHere(folder: string) {
  try {
    const { bsize, blocks, bfree, bavail, files, ffree } = await statfs(folder);
    const used = percent(blocks - bfree, blocks - bfree + bavail);
    return { used: Math.max(used, percent(files - ffree, files)), free: bavail * bsize };
  } catch {
    return undefined;
  }
}

/** A container to look at a remote host from. */
function someContainer({ containers }: CheckContext): string {
  const running = [...containers.values()].find(({ State }) => State.Running && !State.Paused && !State.Restarting);
  if (running) return running.Id;
  throw new UserError("no container runs through which the host could be asked");
}
