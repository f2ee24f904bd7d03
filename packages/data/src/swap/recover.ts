import { markSwapEnded } from "@understudy/environment";
import { discardOld, type Swap, undoSwap } from "./swap.ts";

/**
 * Bring a swap that was cut off to an end: proven data stays, anything less gives way to the old. Does nothing when there was none.
 * @param startOnOld whether the services are started when the old data is put back
 */
export async function recoverSwap(swap: Swap, say: (line: string) => void, startOnOld = true): Promise<void> {
  const { phase, what } = swap.record;
  if (phase === "swapping" || phase === "proving") {
    say(`${what} was cut off while it was swapped in: the old data is put back`);
    await undoSwap(swap, startOnOld);
  }
  if (phase === "proven") {
    say(`${what} is proven: what it replaced is removed`);
    await discardOld(swap);
  }
  // Its last step may be what was cut off.
  markSwapEnded(swap.stack);
}
