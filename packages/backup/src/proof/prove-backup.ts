import { dependencyOrder, replicaLabel, requiredBy } from "@understudy/compose";
import {
  type ContainerInspectInfo,
  firstFailure,
  type Journal,
  runSteps,
  type Step,
  UserError,
} from "@understudy/core";
import { type Guest, RoomGuard, refuseWithoutRoom, type Server, type Side, serverIn } from "@understudy/data";
import { openReach, serviceOf, takeSnapshot } from "@understudy/environment";
import { artifacts, fileNames, folderOf, provenTag, tagsOf } from "../artifacts.ts";
import { journaledStep } from "../journaled-step.ts";
import type { Manifest } from "../manifest/manifest.ts";
import { repositoryOf } from "../open-repository.ts";
import { Repository } from "../repository/repository.ts";
import { restoreDatabase, restoreRoles } from "../restore/restore-database.ts";
import { type StoredVolume, storedVolumes } from "../take/plan-backup.ts";
import { graphProblems } from "./graph-problems.ts";
import type { Proof } from "./proof.ts";
import { Scratch, type ScratchService, twinOf } from "./scratch.ts";
import { silenceWorkflows } from "./silence-workflows.ts";
import { givePasswords, trialPostgres } from "./trial-postgres.ts";

/** Postgres is there before them; the edge proves nothing of the data. */
const apart = new Set(["postgres", "haproxy"]);

/** What a trial carries from step to step. */
interface Trial {
  readonly side: Side;
  readonly manifest: Manifest;
  readonly scratch: Scratch;
  readonly repository: Repository;
  readonly live: ReadonlyMap<string, ContainerInspectInfo>;
  readonly volumes: readonly StoredVolume[];
  readonly journal: Journal;
  readonly began: number;
  readonly opened: AsyncDisposableStack;
  readonly problems: string[];
  readonly started: Map<string, ScratchService>;
  server: Server | undefined;
  restoredSeconds: number;
}

/**
 * Restore a backup beside what runs, compare it with what was backed up, and start every service on it; then remember how that went.
 * What is wrong with the backup is told in the proof.
 * @throws UserError only when the trial itself cannot be made.
 */
export async function proveBackup(side: Side, manifest: Manifest, journal: Journal): Promise<Proof> {
  const began = performance.now();
  journal.step("prove", { id: manifest.id });
  await using opened = new AsyncDisposableStack();
  const scratch = opened.use(await Scratch.open(side));
  const reach = opened.use(await openReach(side.engine, side.stack.environment.name));
  const snapshot = await takeSnapshot(side.engine, side.stack.environment.stackName);
  const volumes = storedVolumes(side.stack, snapshot).filter(({ name }) => manifest.volumes.includes(name));
  for (const volume of volumes) await scratch.createVolume(volume);
  const mounts = volumes.map(({ name, volume }) => ({ volume: twinOf(volume), path: folderOf(name), readOnly: false }));
  const repository = opened.use(await Repository.open({ ...repositoryOf(side.stack, side.engine), mounts }));
  const trial: Trial = {
    ...{ side: { ...side, reach }, manifest, scratch, repository, volumes, journal, began, opened },
    live: new Map([...snapshot.containers.values()].map((info) => [serviceOf(info), info])),
    problems: [],
    started: new Map(),
    server: undefined,
    restoredSeconds: 0,
  };
  await attempt(trial, () => opened.disposeAsync());
  const { problems, started, restoredSeconds } = trial;
  const proof: Proof = {
    at: new Date().toISOString(),
    result: problems.length ? "failed" : "succeeded",
    problems,
    restoredSeconds,
    seconds: seconds(began),
    services: [...started.keys()],
  };
  await repository.storeText({
    name: fileNames.proof,
    tags: [...tagsOf(manifest.id, artifacts.proof), ...(problems.length ? [] : [provenTag])],
    content: JSON.stringify(proof),
  });
  return proof;
}

async function attempt(trial: Trial, end: () => Promise<void>): Promise<void> {
  const { side, manifest } = trial;
  const rows = manifest.databases.reduce((sum, { artifact }) => sum + artifact.bytes, 0);
  await refuseWithoutRoom(side, { rows, files: manifest.files?.bytes ?? 0 }, guest);
  using room = new RoomGuard(side, guest);
  try {
    await room.watch(() => runSteps(steps(trial)), end);
  } catch (thrown) {
    // That says nothing of the backup.
    if (room.signal.aborted) throw thrown;
    const error = firstFailure(thrown);
    if (!(error instanceof UserError)) throw thrown;
    trial.problems.push(error.message);
  }
}

/** It is restored on the disk that the live data is on. */
const guest: Guest = {
  what: "trial of a backup",
  onHost: true,
  next: { before: "Free some, pnpm cleanup helps", meanwhile: "Free some, pnpm cleanup helps, and try it again" },
};

function steps(trial: Trial): Step[] {
  const { manifest, live, side, journal } = trial;
  const { model } = side.stack;
  // One container of a service proves it.
  const isFurther = (name: string) => model.services[name]?.labels[replicaLabel] !== undefined;
  const services = dependencyOrder(model).filter((name) => live.has(name) && !apart.has(name) && !isFurther(name));
  const step = journaledStep.bind(undefined, journal);
  return [
    step("Start an empty Postgres", "prove postgres", () => startPostgres(trial)),
    ...manifest.databases.map((database) =>
      step(`Restore and compare database ${database.name}`, `prove ${database.name}`, async () => {
        const { server, repository, problems } = trial;
        if (!server) throw new Error("no server was started");
        const found = await restoreDatabase(server, repository, database, database.name);
        problems.push(...found);
        return found.length ? `${found.length} differences` : "equal";
      }),
    ),
    step("Restore files", "prove files", (report) => restoreFiles(trial, report)),
    ...services.map((name) => step(`Start ${name} on it`, `prove ${name} starts`, () => startService(trial, name))),
  ];
}

async function startPostgres(trial: Trial): Promise<void> {
  const { side, scratch, opened, repository, manifest } = trial;
  const like = await trialPostgres(side, trial.live.get("postgres"));
  const postgres = opened.use(await scratch.start(like, []));
  await postgres.awaitHealthy();
  const password = side.stack.envFile.values.POSTGRES_PASSWORD ?? "";
  const container = await postgres.inspect();
  const server = opened.use(await serverIn(side.engine, side.reach, { container, environment: "the trial", password }));
  await restoreRoles(server, repository, manifest);
  await givePasswords(server, side);
  trial.server = server;
}

async function restoreFiles(trial: Trial, report: (line: string) => void): Promise<string | undefined> {
  const { repository, manifest, volumes, server } = trial;
  const { files } = manifest;
  if (!files) return "there are none";
  const paths = volumes.map(({ name }) => folderOf(name));
  await repository.restoreFolders({ snapshot: files.snapshot, paths, report });
  trial.restoredSeconds = seconds(trial.began);
  if (server) await silenceWorkflows(server, manifest);
}

/** Services run one at a time, but for those that others need: the host carries the live ones too. */
async function startService(trial: Trial, name: string): Promise<string> {
  const { side, live, scratch, volumes, started, opened, problems } = trial;
  const like = live.get(name) as ContainerInspectInfo;
  const began = performance.now();
  const service = await scratch.start(like, volumes);
  started.set(name, service);
  opened.use(service);
  await service.awaitHealthy();
  if (name === "neo4j") problems.push(...(await graphProblems(side, await service.inspect(), trial.manifest)));
  const needed = requiredBy(side.stack.model, name).some((other) => !apart.has(other));
  if (!needed) await service[Symbol.asyncDispose]();
  return `healthy after ${seconds(began)} s`;
}

function seconds(since: number): number {
  return Math.round((performance.now() - since) / 100) / 10;
}
