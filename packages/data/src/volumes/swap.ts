import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Engine, messageOf, UserError } from "@understudy/core";
import { folders } from "./folders.ts";
import { incomingVolume } from "./incoming.ts";
import { type Mount, VolumeBox } from "./volume-box.ts";

/**
 * `idle`: nothing of ours is in the volume. `prepared`: new content lies ready. `done`: the new content is in place, the old
 * one still there. All others: somewhere between, see swap.sh.
 */
export type SwapState = "idle" | "prepared" | "out" | "in" | "done" | "back" | "home";

/** A volume's own content exchanged for new content. Each step can be killed and called again. */
export interface VolumeSwap {
  /** The live volume's name on the host. */
  readonly volume: string;
  state(): Promise<SwapState>;
  /** Copy the new content beside the old, while the service runs. @throws UserError e.g. for lack of room; nothing of it is left then. */
  prepare(): Promise<void>;
  /** New for old; the service must be stopped. Goes on with a swap that was cut off. */
  swap(): Promise<void>;
  /** Old for new, from wherever the swap is; the service must be stopped. */
  undo(): Promise<void>;
  /** Finish whatever was cut off, forward or back; the service must be stopped. */
  recover(): Promise<void>;
  /** Keep the old content after a swap for one more generation, in the place of what was kept before. */
  keepOld(): Promise<void>;
  /** Lay what was kept ready, as `prepare` does with new content. @throws UserError when nothing was kept */
  takeKept(): Promise<void>;
  /** What `takeKept` laid ready, and was not swapped in, is kept again. */
  returnKept(): Promise<void>;
  /** Remove the old content after a swap; or what was prepared and never used. */
  discardOld(): Promise<void>;
}

const script = readFileSync(fileURLToPath(new URL("swap.sh", import.meta.url)), "utf8");

/**
 * The swap of a live volume's content for that of the volume that a copy of it was made in.
 * @param volume the live volume's name on the host.
 */
export function volumeSwap(engine: Engine, stackName: string, volume: string): VolumeSwap {
  const live: Mount = { volume, path: folders.live, readOnly: false };
  const run = async (command: string, mounts: readonly Mount[] = [], ...args: readonly string[]) => {
    await using box = await VolumeBox.open(engine, stackName, [live, ...mounts]);
    try {
      return (await box.run(script, [folders.live, command, ...args])).toString().trim();
    } catch (error) {
      throw new UserError(`Volume ${volume}: ${command} failed: ${messageOf(error)}`, { cause: error });
    }
  };
  const incoming: Mount = { volume: incomingVolume(volume), path: folders.incoming, readOnly: true };
  return {
    volume,
    state: async () => (await run("state")) as SwapState,
    prepare: async () => void (await run("prepare", [incoming], folders.incoming)),
    swap: async () => void (await run("swap")),
    undo: async () => void (await run("undo")),
    recover: async () => void (await run("recover")),
    keepOld: async () => void (await run("keep")),
    takeKept: async () => void (await run("take-kept")),
    returnKept: async () => void (await run("return-kept")),
    discardOld: async () => void (await run("discard")),
  };
}
