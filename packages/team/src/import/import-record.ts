import {
  dropDatabase,
  incomingName,
  recoverSwap,
  removeIncoming,
  returnKeptDatabase,
  type Side,
  type Swap,
  SwapFile,
  volumeSwap,
} from "@understudy/data";
import { type Target, volumeName } from "@understudy/environment";
import { keptOf, noteSwapped, swapFileOf } from "../kept.ts";
import { removeKept } from "./forget-kept.ts";

/** The swap that a record is of: the same for the run that began it and for one that recovers it. */
export function swapOf({ engine, server, stack }: Side, record: SwapFile): Swap {
  const { stackName } = stack.environment;
  const volumes = record.volumes.map((name) => volumeSwap(engine, stackName, volumeName(stackName, name)));
  return { stack, engine, server, record, databases: record.databases, volumes };
}

/** What lies beside the live data goes; what was kept from before is kept again. */
export async function discard(side: Side, record: SwapFile): Promise<void> {
  const { volumes } = swapOf(side, record);
  for (const volume of volumes) await (record.fromKept ? volume.returnKept() : volume.discardOld());
  await using admin = await side.server.connect("postgres");
  for (const { name } of record.databases) {
    if (record.fromKept) await returnKeptDatabase(admin, name);
    else await dropDatabase(admin, incomingName(name));
  }
  await removeIncoming(side.engine, side.stack.environment.stackName);
  record.enter("ended");
}

/**
 * What a swap brought is proven: say so, before what it replaced is kept. Of what was kept until then, the rest goes: one generation stays,
 * after an import of everything and of a part alike. A run that was killed in it is followed by one that does the same.
 */
export async function settle(side: Side, record: SwapFile): Promise<void> {
  const before = keptOf(side.stack);
  const names = record.databases.map(({ name }) => name);
  await removeKept(side, {
    databases: before?.databases.filter((name) => !names.includes(name)) ?? [],
    volumes: before?.volumes.filter((name) => !record.volumes.includes(name)) ?? [],
  });
  noteSwapped(side.stack, record);
}

/** Whether an import, or an undo, was cut off anywhere. */
export function unfinishedImport(target: Target): boolean {
  const phase = lastRecord(target)?.phase;
  return phase !== undefined && phase !== "ended";
}

function lastRecord(target: Target): SwapFile | undefined {
  return SwapFile.last(swapFileOf(target), "See docs/team.md, When an import's record is lost");
}

/**
 * Bring an import, or an undo, that was cut off to an end: proven data stays, anything less gives way to the old.
 * @returns whose data is live; undefined when none was cut off
 */
export async function recoverImport(side: Side, say: (line: string) => void): Promise<"imported" | "old" | undefined> {
  const record = lastRecord(side.stack);
  if (!record || record.phase === "ended") return undefined;
  const proven = record.phase === "proven";
  if (proven) await settle(side, record);
  await recoverSwap(swapOf(side, record), say);
  if (proven) return "imported";
  await discard(side, record);
  return "old";
}
