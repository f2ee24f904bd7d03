import { type Swap, type SwapPhase, type VolumeSwap, volumeSwap } from "@understudy/data";
import { volumeName } from "@understudy/environment";
import type { CopyFolder, CopyPhase } from "../state/copy-state.ts";
import type { CopyContext } from "../sync-production.ts";

/** What of a copy is to be swapped, by its state: the same for the run that made it and for one that recovers it. */
export function swapOf(context: CopyContext, folder: CopyFolder): Swap {
  const { engine, stack, server } = context.staging;
  const { databases, volumes } = folder.state;
  return {
    stack,
    engine,
    server,
    record: {
      what: `The copy ${folder.state.id}`,
      finish: "pnpm sync:production --resume",
      get phase() {
        return swapPhaseOf(folder.state.phase);
      },
      enter: (phase) => folder.update({ phase: phase === "prepared" ? "copying" : phase }),
    },
    databases: Object.entries(databases).map(([name, { hadLive }]) => ({ name, hadLive })),
    volumes: volumes.map((volume) => swapOfVolume(context, volume)),
  };
}

/** @param volume as the compose files name it. */
export function swapOfVolume({ staging: { engine, stack } }: CopyContext, volume: string): VolumeSwap {
  const { stackName } = stack.environment;
  return volumeSwap(engine, stackName, volumeName(stackName, volume));
}

function swapPhaseOf(phase: CopyPhase): SwapPhase {
  if (phase === "copying") return "prepared";
  return phase === "undone" ? "ended" : phase;
}
