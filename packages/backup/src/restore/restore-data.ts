import { type Journal, runSteps, UserError } from "@understudy/core";
import {
  createIncomingVolume,
  databaseExists,
  dropDatabase,
  type Guest,
  incomingName,
  incomingVolume,
  RoomGuard,
  recoverSwap,
  refuseWithoutRoom,
  removeIncoming,
  type Side,
  type Swap,
  swapIn,
  unseenRoom,
  volumeSwap,
} from "@understudy/data";
import { volumeName } from "@understudy/environment";
import { folderOf } from "../artifacts.ts";
import { journaledStep } from "../journaled-step.ts";
import type { Manifest } from "../manifest/manifest.ts";
import { repositoryOf } from "../open-repository.ts";
import { Repository } from "../repository/repository.ts";
import { restoreDatabase, restoreRoles } from "./restore-database.ts";
import { beginRestore, lastRestore, type RestoreRecord } from "./restore-record.ts";

/** What of a backup comes back. */
export interface Restored {
  readonly databases: Manifest["databases"];
  /** As the compose files name them. */
  readonly volumes: readonly string[];
}

/** How restored data takes the place of the live data. */
export interface Swapping {
  /** The command that finishes it when it is cut off. */
  readonly finish: string;
  /** Puts it in place and proves the services well on it; else the live data is put back. */
  swap(swap: Swap): Promise<void>;
}

/**
 * Restore data beside the live data, compare it with what was backed up, and put it in place. Until then the live data serves.
 * @throws UserError; what ran before runs on then.
 */
export async function restoreData(
  side: Side,
  manifest: Manifest,
  { databases, volumes }: Restored,
  journal: Journal,
  { finish, swap }: Swapping = usual(manifest.id, journal),
): Promise<void> {
  const { engine, server, stack } = side;
  const { name: environment, stackName } = stack.environment;
  await refuseWithoutRoom(side, sizeOf(manifest, { databases, volumes }), guest);
  const record = beginRestore(stack, manifest.id, finish);
  await using opened = new AsyncDisposableStack();
  const live = (volume: string) => volumeName(stackName, volume);
  for (const volume of volumes) await createIncomingVolume(engine, { live: live(volume), stackName, environment });
  const mounts = volumes.map((name) => ({ volume: incomingVolume(live(name)), path: folderOf(name), readOnly: false }));
  const repository = opened.use(await Repository.open({ ...repositoryOf(stack, engine), mounts }));
  const step = journaledStep.bind(undefined, journal);
  const unseen = databases.length ? unseenRoom(side) : undefined;
  const steps = [
    ...(unseen ? [step("Look for room", "room", async () => unseen)] : []),
    step("Restore roles that are missing", "roles", () => restoreRoles(server, repository, manifest)),
    ...databases.map((database) =>
      step(`Restore and compare database ${database.name}`, `restore ${database.name}`, async () => {
        await using admin = await server.connect("postgres");
        record.addDatabase(database.name, await databaseExists(admin, database.name));
        const problems = await restoreDatabase(server, repository, database, incomingName(database.name));
        if (problems.length) throw notEqual(manifest.id, problems);
      }),
    ),
    step("Restore files", "restore files", async (report) => {
      if (!manifest.files || volumes.length === 0) return "none";
      await repository.restoreFolders({ snapshot: manifest.files.snapshot, paths: volumes.map(folderOf), report });
      for (const name of volumes) {
        report(`${name} is laid beside the live one`);
        record.addVolume(name);
        await volumeSwap(engine, stackName, live(name)).prepare();
      }
    }),
  ];
  try {
    using room = new RoomGuard(side, guest);
    await room.watch(
      () => runSteps(steps),
      () => opened.disposeAsync(),
    );
    await opened.disposeAsync();
    await swap(swapOf(side, record));
  } catch (error) {
    if (record.phase === "prepared") await discard(side, record);
    throw error;
  }
}

/** It stands beside the live data until the swap. */
const guest: Guest = {
  what: "restore",
  next: { before: "Free some, pnpm cleanup helps", meanwhile: "Free some, pnpm cleanup helps, and restore again" },
};

function sizeOf({ files }: Manifest, { databases, volumes }: Restored) {
  const rows = databases.reduce((sum, { artifact }) => sum + artifact.bytes, 0);
  return { rows, files: volumes.length ? (files?.bytes ?? 0) : 0 };
}

function usual(id: string, journal: Journal): Swapping {
  return {
    finish: `pnpm backup:restore ${id}`,
    swap: (swap) =>
      runSteps([
        journaledStep(journal, "Swap, and prove healthy", "swap", async (report) => void (await swapIn(swap, report))),
      ]),
  };
}

export interface Recovery {
  /** Says a line to the person. */
  readonly say: (line: string) => void;
  /** Start the services when the old data is put back; otherwise they stay stopped. */
  readonly startOnOld: boolean;
  /** Called when the restored data stays, before what it replaced is removed. */
  onKept(): void;
}

/** Bring a restore that was cut off to an end. @returns whose data is live; undefined when none was cut off */
export async function recoverRestore(
  side: Side,
  { say, startOnOld, onKept }: Recovery,
): Promise<"restored" | "old" | undefined> {
  const record = lastRestore(side.stack);
  if (!record) return undefined;
  const { phase } = record;
  if (phase === "proven") onKept();
  await recoverSwap(swapOf(side, record), say, startOnOld);
  if (record.phase === "prepared") {
    await discard(side, record);
    return "old";
  }
  return phase === "ended" ? undefined : "restored";
}

/** What lies beside the live data goes. */
async function discard(side: Side, record: RestoreRecord): Promise<void> {
  const { volumes } = swapOf(side, record);
  for (const volume of volumes) await volume.discardOld();
  await using admin = await side.server.connect("postgres");
  for (const { name } of record.databases) await dropDatabase(admin, incomingName(name));
  await removeIncoming(side.engine, side.stack.environment.stackName);
  record.enter("ended");
}

function swapOf({ engine, server, stack }: Side, record: RestoreRecord): Swap {
  const { stackName } = stack.environment;
  return {
    stack,
    engine,
    server,
    record,
    databases: record.databases,
    volumes: record.volumes.map((name) => volumeSwap(engine, stackName, volumeName(stackName, name))),
  };
}

function notEqual(id: string, problems: readonly string[]): UserError {
  return new UserError(`What was restored is not what ${id} was taken of: ${problems.join("; ")}`, {
    next: "Restore another one: pnpm backup:list; and see pnpm backup:check",
  });
}
