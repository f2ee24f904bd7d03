import type { Engine } from "@understudy/core";
import { type DesiredStack, markSwapBegun, markSwapEnded, publish } from "@understudy/environment";
import { dropDatabase, keepDatabase, outgoingName } from "../databases/incoming.ts";
import type { Server } from "../servers/server.ts";
import { removeIncoming } from "../volumes/incoming.ts";
import type { VolumeSwap } from "../volumes/swap.ts";
import { emptyTransient } from "./empty-transient.ts";
import { awaitHealthy, startServices, stopServices } from "./services.ts";
import { type DatabaseSwap, swapDatabases, undoDatabases } from "./swap-databases.ts";

/**
 * `swapping`: some of the live data may be renamed. `proving`: the new data is live, the old still there. `proven`: the old may go.
 * `ended`: it went. `prepared`: the live data is untouched, or back.
 */
export type SwapPhase = "prepared" | "swapping" | "proving" | "proven" | "ended";

/** On disk, so that another run can recover. */
export interface SwapRecord {
  /** What is swapped in, for people: `The copy 20261121-170501`. */
  readonly what: string;
  /** The command that finishes a swap that was cut off. */
  readonly finish: string;
  readonly phase: SwapPhase;
  /** What is replaced stays for one more generation, as `keptName` and in `.understudy-kept`, instead of going. */
  readonly keepsOld?: boolean;
  enter(phase: SwapPhase): void;
}

/** Everything that takes the place of something live. */
export interface Swap {
  readonly stack: DesiredStack;
  readonly engine: Engine;
  readonly server: Server;
  readonly record: SwapRecord;
  readonly databases: readonly DatabaseSwap[];
  readonly volumes: readonly VolumeSwap[];
}

/**
 * Put verified data in place of the live data and prove the services healthy with it; failing that, put the old data back.
 * @param beforeStart what is to be done to the new data while no service runs
 * @returns how long the services took to be well with it, their migrations of it included, s
 */
export async function swapIn(
  swap: Swap,
  report: (line: string) => void,
  beforeStart: () => Promise<void> = async () => {},
): Promise<number> {
  let seconds = 0;
  const prove = async () => {
    await beforeStart();
    const began = performance.now();
    await startAndProve(swap, report);
    seconds = Math.round((performance.now() - began) / 100) / 10;
  };
  await putInPlace(swap, { report, prove, startOnOld: true });
  await discardOld(swap);
  return seconds;
}

export interface Placing {
  readonly report: (line: string) => void;
  /** Starts the services on the new data, which all are stopped, and throws unless they are well. */
  prove(): Promise<void>;
  /** Start the services when the old data is back; otherwise they stay stopped. */
  readonly startOnOld: boolean;
}

/** Put verified data in place of the live data and prove it; failing that, put the old data back. The old data stays, for `discardOld`. */
export async function putInPlace(swap: Swap, { report, prove, startOnOld }: Placing): Promise<void> {
  const { stack, engine, server, record, databases, volumes } = swap;
  markSwapBegun(stack, record);
  record.enter("swapping");
  await publish(stack);
  try {
    report("services stop");
    await stopServices(engine, stack);
    await using admin = await server.connect("postgres");
    await swapDatabases(admin, databases);
    for (const volume of volumes) await volume.swap();
    if (databases.length) await emptyTransient(engine, stack);
    record.enter("proving");
    await prove();
  } catch (error) {
    report("putting the old data back");
    await undoSwap(swap, startOnOld);
    throw error;
  }
  record.enter("proven");
  await publish(stack);
}

/** Start the services on the data that is live now, and wait until all are well. @throws UserError when they are not in time */
export async function startAndProve({ engine, stack }: Swap, report: (line: string) => void): Promise<void> {
  report("services start");
  await startServices(engine, stack);
  await awaitHealthy(stack, report);
}

/** Put the old data back, however far the swap came. */
export async function undoSwap(swap: Swap, startOnOld: boolean): Promise<void> {
  const { stack, engine, server, record, databases, volumes } = swap;
  await stopServices(engine, stack);
  await using admin = await server.connect("postgres");
  await undoDatabases(admin, databases);
  for (const volume of volumes) await volume.undo();
  if (databases.length) await emptyTransient(engine, stack);
  record.enter("prepared");
  markSwapEnded(stack);
  if (startOnOld) await startServices(engine, stack);
}

/** The new data is proven: the old goes, or stays beside it in the place of what was kept before. */
export async function discardOld({ stack, engine, server, record, databases, volumes }: Swap): Promise<void> {
  await using admin = await server.connect("postgres");
  for (const { name } of databases) {
    if (record.keepsOld) await keepDatabase(admin, name);
    else await dropDatabase(admin, outgoingName(name));
  }
  for (const volume of volumes) await (record.keepsOld ? volume.keepOld() : volume.discardOld());
  await removeIncoming(engine, stack.environment.stackName);
  record.enter("ended");
  markSwapEnded(stack);
}
