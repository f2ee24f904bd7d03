import { compareDatabase, Hold, journaledStep, storedVolumes } from "@understudy/backup";
import { amongContainers, type Journal, runSteps, type Step, UserError } from "@understudy/core";
import {
  addMissingRoles,
  createIncomingDatabase,
  createIncomingVolume,
  databaseExists,
  dropDatabase,
  incomingName,
  incomingVolume,
  runningWriters,
  type Side,
  type SwapFile,
  VolumeBox,
  volumeSwap,
} from "@understudy/data";
import { type DataFacts, takeSnapshot, volumeName } from "@understudy/environment";
import type { ArchivedDatabase } from "../archive/metadata.ts";
import { archivePaths } from "../archive/paths.ts";
import type { OpenedFile } from "../archive/read-archive.ts";
import { credentialsSchema, type SealedCredential } from "../export/credentials.ts";
import { share } from "../report/byte-progress.ts";
import { carriedVolumes } from "../volumes.ts";
import { adapt } from "./adapt.ts";
import { type CarryOptions, carryWorkflows } from "./carry-workflows.ts";
import type { ImportPlan } from "./plan-import.ts";
import { copyDatabase, restoreDump } from "./restore-dump.ts";
import { filesOf, type Source } from "./sources.ts";
import { addOwn, foldersOf, unpackVolume } from "./unpack-volume.ts";

export interface Laying {
  readonly side: Side;
  readonly source: Source;
  readonly plan: ImportPlan;
  readonly record: SwapFile;
  /** Ids of workflows that stay as they are here. */
  readonly keep: readonly string[];
  /** What is known of the data once it is live. */
  readonly facts: DataFacts;
  readonly withoutCredentials: boolean;
  readonly opened: AsyncDisposableStack;
  readonly journal: Journal;
}

/** Where a teammate's n8n is while only its workflows are taken. */
const theirs = "understudy_theirs";

/** Longest that writers stand still while what is their own is copied, ms. */
const deadline = 30_000;

/** Lay an archive's data beside the live data, compare it with what the archive says, and make it this environment's. Nothing live changes. @throws UserError */
export async function layBeside(laying: Laying): Promise<void> {
  const { side, plan, source, opened, journal } = laying;
  const { engine, stack } = side;
  const { stackName, name: environment } = stack.environment;
  const live = (name: string) => volumeName(stackName, name);
  for (const name of plan.volumes) await createIncomingVolume(engine, { live: live(name), stackName, environment });
  const mounts = plan.volumes.flatMap((name) => [
    { volume: incomingVolume(live(name)), path: foldersOf(name).incoming, readOnly: false },
    { volume: live(name), path: foldersOf(name).live, readOnly: true },
  ]);
  const box = opened.use(await VolumeBox.open(engine, stackName, mounts, { NetworkMode: amongContainers }));
  const files = filesOf(source, plan.wanted);
  opened.defer(async () => void (await files.return(undefined)));
  const found: { credentials: SealedCredential[] } = { credentials: [] };
  const take = async (path: string) => {
    const { value, done } = await files.next();
    if (done || value.path !== path) throw new Error(`${path} did not come in its turn`);
    return value;
  };
  const step = journaledStep.bind(undefined, journal);
  const reading = source.order
    .filter((path) => plan.wanted.has(path))
    .map((path) => {
      const database = plan.databases.find(({ name }) => archivePaths.database(name) === path);
      if (database) {
        return step(`Restore and compare database ${database.name}`, `restore ${database.name}`, async (report) =>
          restoreDatabase(laying, box, database, counted(await take(path), report)),
        );
      }
      const volume = plan.volumes.find((name) => archivePaths.volume(name) === path);
      if (volume) {
        return step(`Restore volume ${volume}`, `restore volume ${volume}`, async (report) =>
          unpackVolume(box, volume, counted(await take(path), report)),
        );
      }
      return step("Read credentials", "credentials", async () => {
        found.credentials = credentialsSchema.parse(JSON.parse(await textOf(await take(path))));
        return `${found.credentials.length} credentials`;
      });
    });
  await runSteps([
    ...reading,
    step("Prove the archive unchanged since it was checked", "drain", async () => {
      if (!(await files.next()).done) throw new Error("more came than was wanted");
    }),
    ...finishing(laying, box, found, step),
  ]);
}

function finishing(
  laying: Laying,
  box: VolumeBox,
  found: { readonly credentials: readonly SealedCredential[] },
  step: (title: string, name: string, run: Step["run"]) => Step,
): Step[] {
  const { side, plan, keep, facts, withoutCredentials } = laying;
  if (plan.workflowsOnly)
    return [step("Put the workflows into a copy of n8n's database", "workflows", () => takeWorkflows(laying, box))];
  return [
    step("Make it this environment's own: logins, keys, credentials", "adapt", async () => {
      for (const { name, migration } of plan.databases) {
        // Otherwise its service never ran there.
        if (migration !== null) await adapt(side, name, { credentials: found.credentials, withoutCredentials });
      }
      return keep.length ? await keepWorkflows(side, keep, facts) : undefined;
    }),
    step("Lay volumes beside the live ones", "volumes", (report) => prepareVolumes(laying, box, report)),
  ];
}

async function restoreDatabase(
  { side, plan, record }: Laying,
  box: VolumeBox,
  database: ArchivedDatabase,
  dump: AsyncIterable<Buffer>,
) {
  const { server } = side;
  const { name, properties, roles } = database;
  await using admin = await server.connect("postgres");
  await addMissingRoles(admin, roles);
  // Their workflows alone are taken from it.
  const beside = plan.workflowsOnly ? theirs : name;
  if (!plan.workflowsOnly) record.addDatabase(name, await databaseExists(admin, name));
  await createIncomingDatabase(properties, admin, beside);
  await restoreDump(box, server, incomingName(beside), dump);
  await using session = await server.connect(incomingName(beside));
  const problems = await compareDatabase(session, database);
  if (!problems.length) return "equal";
  throw new UserError(`What was restored is not what was exported: ${problems.join("; ")}`, {
    next: "Ask its sender for another export",
  });
}

async function takeWorkflows({ side, source, record, facts }: Laying, box: VolumeBox): Promise<string> {
  const { server } = side;
  const ids = source.metadata.workflows.map(({ id }) => id);
  await using admin = await server.connect("postgres");
  const [n8n] = source.metadata.databases.filter(({ name }) => name === "n8n");
  if (!n8n) throw new Error("an archive without n8n was planned for its workflows");
  record.addDatabase("n8n", true);
  await createIncomingDatabase(n8n.properties, admin, "n8n");
  await copyDatabase(box, server, "n8n", incomingName("n8n"));
  const off = await carry({ server }, incomingName(theirs), { ids, facts, withCredentials: false });
  await dropDatabase(admin, incomingName(theirs));
  return `${ids.length} workflows${off}`;
}

async function keepWorkflows({ server }: Side, keep: readonly string[], facts: DataFacts): Promise<string> {
  // They are encrypted with the keys that the other database has by now.
  const off = await carry({ server }, "n8n", { ids: keep, facts, withCredentials: true });
  return `${keep.length} workflows stay as they are here${off}`;
}

/** Carry workflows from a database into the n8n that lies beside the live one. @returns what to add for people */
async function carry(
  { server }: Pick<Side, "server">,
  from: string,
  { facts, ...options }: Pick<CarryOptions, "ids" | "withCredentials"> & { readonly facts: DataFacts },
): Promise<string> {
  await using source = await server.connect(from);
  await using target = await server.connect(incomingName("n8n"));
  const mayBeLive = facts.copy ? facts.activeWorkflows : undefined;
  const off = await carryWorkflows(source, target, { ...options, mayBeLive });
  return off.length ? `; off, for the data is a copy of production's: ${off.join(", ")}` : "";
}

async function prepareVolumes(
  { side, plan, record }: Laying,
  box: VolumeBox,
  report: (line: string) => void,
): Promise<void> {
  const { engine, stack } = side;
  const { stackName } = stack.environment;
  const snapshot = await takeSnapshot(engine, stackName);
  const carried = carriedVolumes(storedVolumes(stack, snapshot), true).filter(({ name }) =>
    plan.volumes.includes(name),
  );
  if (!carried.length) return;
  const sharing = carried.filter(({ only, own }) => only || own.length);
  if (sharing.length) {
    await using hold = await Hold.prepare(engine, { stackName, containers: runningWriters(snapshot), deadline });
    await hold.begin();
    for (const volume of sharing) await addOwn(box, volume);
    await hold.release();
  }
  for (const { name } of carried) {
    report(name);
    record.addVolume(name);
    await volumeSwap(engine, stackName, volumeName(stackName, name)).prepare();
  }
}

async function* counted({ content, bytes }: OpenedFile, report: (line: string) => void): AsyncGenerator<Buffer> {
  const onBytes = share(bytes, report, "restored");
  for await (const chunk of content) {
    onBytes(chunk.length);
    yield chunk;
  }
}

async function textOf({ content }: OpenedFile): Promise<string> {
  return Buffer.concat(await Array.fromAsync(content)).toString("utf8");
}

/** What a killed run may have left of a teammate's n8n. */
export async function dropTheirs({ server }: Side): Promise<void> {
  await using admin = await server.connect("postgres");
  await dropDatabase(admin, incomingName(theirs));
}
