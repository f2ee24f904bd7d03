import { readFileSync, statfsSync } from "node:fs";
import { hostname } from "node:os";
import { journaledStep } from "@understudy/backup";
import {
  amongContainers,
  bytesInWords,
  gitCommit,
  isSecret,
  type Journal,
  operator,
  runSteps,
  type Step,
  UserError,
} from "@understudy/core";
import { type Side, VolumeBox } from "@understudy/data";
import { readDataFacts } from "@understudy/environment";
import type { ArchivedDatabase, Metadata } from "../archive/metadata.ts";
import { stampOf } from "../archive/name.ts";
import { archivePaths } from "../archive/paths.ts";
import { Spool, type Spooled } from "../archive/spool.ts";
import type { Packed } from "../archive/write-archive.ts";
import { historyOf } from "../common.ts";
import { mayBeUnmasked, serverVersion, servicesOf, understudyVersion } from "../context.ts";
import { workFolder } from "../folders.ts";
import { keptDatabases } from "../kept.ts";
import { teamBox } from "../key/box.ts";
import { teamKey } from "../key/team-keys.ts";
import { patiently } from "../patience.ts";
import { layOver } from "../plan/lay-over.ts";
import { amount } from "../report/byte-progress.ts";
import { withPlaceholders } from "../secrets/placeholders.ts";
import { within } from "../within.ts";
import { Collection, collectDatabase } from "./collect.ts";
import { sealCredentials } from "./credentials.ts";
import { type Moment, takeMoment } from "./moment.ts";
import { describeWorkflow, readWorkflows } from "./workflows.ts";

export interface GatherOptions {
  readonly side: Side;
  readonly journal: Journal;
  /** What is gathered waits below it. */
  readonly folder: string;
  readonly includeVolumes: boolean;
  /** It goes out in clear: no secret of the environment may be in it, wherever it stands. */
  readonly open: boolean;
  /** The environment file comes with its secrets. */
  readonly secrets: boolean;
  /** What it is to lie over. */
  readonly below?: { readonly metadata: Metadata; readonly digest: string } | undefined;
}

/** All of an environment, ready to be packed. */
export interface Gathered extends Packed {
  /** A folder of this run's own, on the disk that was asked for. */
  readonly work: string;
}

/** What is done with it, as the last step. */
export interface Finish<Result> {
  readonly title: string;
  readonly name: string;
  run(gathered: Gathered, report: (line: string) => void): Promise<Result>;
}

/** Gather all of an environment at one moment, and do something with it. Nothing of it stays elsewhere. @throws UserError */
export async function gather<Result>(options: GatherOptions, finish: Finish<Result>): Promise<Result> {
  const { side, journal, folder } = options;
  const { stackName } = side.stack.environment;
  using work = workFolder(folder);
  using spool = new Spool(work.path);
  await refuseWithoutRoom(side, folder);
  await using opened = new AsyncDisposableStack();
  const box = opened.use(await VolumeBox.open(side.engine, stackName, [], { NetworkMode: amongContainers }));
  const progress: Progress = {
    ...{ options, side, box, opened, databases: [], workflows: [], credentials: 0 },
    collection: new Collection(spool, options.open ? secretsOf(side) : {}),
  };
  const done: { result?: Result } = {};
  const steps = [
    ...gathering(progress, journal),
    journaledStep(journal, finish.title, finish.name, async (report) => {
      const metadata = await describe(progress);
      const stamp = stampOf(new Date(metadata.exportDate));
      const contents: ReadonlyMap<string, Spooled> = progress.collection.contents;
      done.result = await finish.run({ stamp, metadata, contents, work: work.path }, report);
    }),
  ];
  const { runMinutes } = side.stack.settings.teamSync;
  const end = () => opened.disposeAsync();
  await within(runMinutes, "The export", () => runSteps(steps), end);
  return done.result as Result;
}

/** What the steps find out for each other. */
interface Progress {
  readonly options: GatherOptions;
  readonly side: Side;
  readonly collection: Collection;
  readonly box: VolumeBox;
  readonly opened: AsyncDisposableStack;
  moment?: Moment;
  readonly databases: ArchivedDatabase[];
  workflows: Metadata["workflows"];
  credentials: number;
}

function gathering(progress: Progress, journal: Journal): Step[] {
  const { options, side, collection, databases, box, opened } = progress;
  const step = journaledStep.bind(undefined, journal);
  return [
    step("Fix one moment of every store", "moment", async (report) => {
      const moment = await takeMoment(side, {
        includeVolumes: options.includeVolumes,
        except: keptDatabases(side.stack),
        spool: (volume, tar) => collection.add(archivePaths.volume(volume), tar, amount(report, volume)),
        report,
      });
      progress.moment = opened.use(moment);
      return `${moment.databases.length} databases, ${moment.volumes.length} volumes`;
    }),
    step("Export databases", "databases", async (report) => {
      for (const database of momentOf(progress).databases) {
        const onBytes = amount(report, database.name);
        const add = (dump: AsyncIterable<Buffer>) =>
          collection.add(archivePaths.database(database.name), dump, onBytes);
        databases.push(await collectDatabase(side, box, database, add));
      }
      return `${databases.reduce((sum, { tables }) => sum + tables.length, 0)} tables`;
    }),
    step("Export workflows and credentials", "workflows", async (report) => {
      const { answerSeconds } = side.stack.settings.teamSync;
      const workflows = await patiently(answerSeconds * 1_000, () => readWorkflows(side), report);
      progress.workflows = workflows.map(describeWorkflow);
      await collection.addText(archivePaths.workflows, `${JSON.stringify(workflows, null, 2)}\n`);
      const credentials = await credentialsOf(progress);
      progress.credentials = credentials.length;
      await collection.addText(archivePaths.credentials, `${JSON.stringify(credentials, null, 2)}\n`);
      return `${workflows.length} workflows, ${credentials.length} credentials`;
    }),
    step("Export configuration", "configuration", async () => {
      const { sources, envFile } = side.stack;
      for (const [path, text] of Object.entries(sources)) await collection.addText(archivePaths.compose(path), text);
      const text = readFileSync(envFile.path, "utf8");
      await collection.addText(archivePaths.environment, options.secrets ? text : withPlaceholders(text));
    }),
  ];
}

async function credentialsOf({ side, ...progress }: Progress) {
  const n8n = momentOf(progress).databases.find(({ name }) => name === "n8n");
  const ran = n8n && progress.databases.find(({ name }) => name === "n8n")?.migration;
  if (!n8n || !ran) return [];
  const { envFile, environment, installation } = side.stack;
  return await sealCredentials(n8n.snapshot.session, {
    instanceKey: envFile.values.N8N_ENCRYPTION_KEY ?? "",
    whose: environment.name,
    box: teamBox(teamKey(installation)),
  });
}

async function describe(progress: Progress): Promise<Metadata> {
  const { side, options, collection, databases, workflows, credentials } = progress;
  const { stack, engine } = side;
  const { below } = options;
  const moment = momentOf(progress);
  const { files, unchanged } = layOver(collection.files, below?.metadata);
  const { Version } = await engine.docker.version();
  return {
    product: "understudy",
    format: 1,
    exportDate: moment.at.toISOString(),
    exportedBy: operator(),
    hostname: hostname(),
    understudyVersion: understudyVersion(),
    dockerVersion: Version,
    gitCommit: (await gitCommit(stack.installation.root)) ?? null,
    team: stack.settings.teamSync.team,
    environment: stack.environment.name,
    secrets: options.secrets,
    unmasked: mayBeUnmasked(stack),
    copy: copyOf(stack),
    services: servicesOf(stack),
    postgres: await serverVersion(side),
    databases,
    workflows,
    credentials,
    graph: moment.graph,
    volumes: moment.volumes.map(({ name }) => name),
    history: historyOf(stack),
    since: below ? { stamp: stampOf(new Date(below.metadata.exportDate)), metadata: below.digest } : null,
    files: [...files],
    unchanged: [...unchanged],
  };
}

function copyOf(stack: Side["stack"]): Metadata["copy"] {
  const { copy, activeWorkflows } = readDataFacts(stack);
  return copy && { id: copy.id, at: copy.at, from: copy.from, activeWorkflows: [...activeWorkflows] };
}

function momentOf({ moment }: Pick<Progress, "moment">): Moment {
  if (!moment) throw new Error("no moment was taken");
  return moment;
}

/** Every secret of the environment file, by name. */
function secretsOf({ stack }: Side): Record<string, string> {
  return Object.fromEntries(Object.entries(stack.envFile.values).filter(([name, value]) => isSecret(name, value)));
}

/** Dumps are smaller than databases, mostly; what waits to be packed and the archive stand side by side. */
async function refuseWithoutRoom({ server }: Side, output: string): Promise<void> {
  await using session = await server.connect("postgres");
  const [row] = await session.query<{ bytes: string }>(
    "SELECT sum(pg_database_size(oid))::text AS bytes FROM pg_database WHERE NOT datistemplate",
  );
  const needed = Number(row?.bytes ?? 0);
  const { bavail, bsize } = statfsSync(output);
  if (bavail * bsize >= needed) return;
  throw new UserError(
    `There is no room in ${output}: up to ${bytesInWords(needed)} are needed, ${bytesInWords(bavail * bsize)} are free`,
    {
      next: "Free some, or name another folder: --output",
    },
  );
}
