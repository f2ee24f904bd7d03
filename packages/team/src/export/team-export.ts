import { readFileSync, renameSync, statfsSync, statSync } from "node:fs";
import { hostname } from "node:os";
import { join, relative } from "node:path";
import { journaledStep } from "@understudy/backup";
import {
  bytesInWords,
  gitCommit,
  isSecret,
  type Journal,
  messageOf,
  openLog,
  operator,
  runSteps,
  type Step,
  UserError,
} from "@understudy/core";
import { openSide, type Side, VolumeBox } from "@understudy/data";
import { mutate, type Target, toolboxOn } from "@understudy/environment";
import type { Audience } from "../archive/encryption.ts";
import { type ArchivedDatabase, type Metadata, unpackedSize } from "../archive/metadata.ts";
import { archiveName, stampOf } from "../archive/name.ts";
import { archivePaths } from "../archive/paths.ts";
import { verifyArchive } from "../archive/read-archive.ts";
import { Spool } from "../archive/spool.ts";
import { writeArchive } from "../archive/write-archive.ts";
import { serverVersion, servicesOf, understudyVersion, variablesOf } from "../context.ts";
import { archivesFolder, workFolder } from "../folders.ts";
import { keptDatabases } from "../kept.ts";
import { teamBox } from "../key/box.ts";
import { audienceOf, keysOf, teamKey } from "../key/team-keys.ts";
import { patiently } from "../patience.ts";
import { layOver } from "../plan/lay-over.ts";
import { withPlaceholders } from "../secrets/placeholders.ts";
import { remember } from "../stats/runs.ts";
import { within } from "../within.ts";
import { Collection, collectDatabase } from "./collect.ts";
import { sealCredentials } from "./credentials.ts";
import { type Moment, takeMoment } from "./moment.ts";
import { describeWorkflow, readWorkflows } from "./workflows.ts";

export interface ExportRequest {
  readonly target: Target;
  /** The team's folder unless told. */
  readonly output: string | undefined;
  readonly encrypt: boolean;
  /** An archive that this one is to lie over. */
  readonly since: string | undefined;
  readonly includeVolumes: boolean;
  readonly wait: boolean;
  /** Says a line to the person. */
  readonly say: (line: string) => void;
}

/** What `team:export --json` says; documented in docs/team.md. */
export interface ExportReport {
  readonly archive: string;
  readonly bytes: number;
  readonly seconds: number;
  readonly tables: number;
  readonly workflows: number;
}

/** Put an environment into one archive. It appears under its name when it is whole, and was read again. @throws UserError */
export async function teamExport(request: ExportRequest): Promise<ExportReport> {
  const { target, wait, say } = request;
  const { installation, environment, settings } = target;
  const began = performance.now();
  const log = openLog(installation, environment.name, "team");
  refuseOpenDetails(request);
  try {
    await using side = await patiently(settings.teamSync.answerSeconds * 1_000, () => openSide(target), say);
    const options = { verb: "team:export", wait, toolbox: await toolboxOn(side.engine), onlyReads: true, log, say };
    const report = await mutate(target, side.engine, options, ({ journal }) =>
      exportUnderLock(request, side, journal, began),
    );
    remember(target, { verb: "export", result: "succeeded", bytes: report.bytes, seconds: report.seconds });
    log.info({ report }, "export");
    return report;
  } catch (error) {
    remember(target, { verb: "export", result: "failed", seconds: secondsSince(began) });
    throw fullDisk(error) ?? error;
  }
}

/** What the steps find out for each other. */
interface Progress {
  readonly request: ExportRequest;
  readonly side: Side;
  readonly collection: Collection;
  readonly box: VolumeBox;
  readonly opened: AsyncDisposableStack;
  moment?: Moment;
  readonly databases: ArchivedDatabase[];
  workflows: Metadata["workflows"];
  credentials: number;
}

async function exportUnderLock(
  request: ExportRequest,
  side: Side,
  journal: Journal,
  began: number,
): Promise<ExportReport> {
  const { target, encrypt, output = archivesFolder(target.installation, target.settings) } = request;
  const { stack } = side;
  const variables = variablesOf(stack);
  const audience = encrypt
    ? await audienceOf(target.installation, target.settings.teamSync.recipients, variables)
    : undefined;
  const keys = await keysOf(target.installation, variables);
  const limit = target.settings.teamSync.largestGigabytes * 1e9;
  const below = request.since === undefined ? undefined : await verifyArchive({ file: request.since, keys, limit });
  if (below?.metadata.since) throw baseOverAnother(request.since ?? "");
  using work = workFolder(output);
  using spool = new Spool(work.path);
  await refuseWithoutRoom(side, output);
  await using opened = new AsyncDisposableStack();
  const box = opened.use(await VolumeBox.open(side.engine, stack.environment.stackName, [], { NetworkMode: "host" }));
  const progress: Progress = {
    ...{ request, side, box, opened, databases: [], workflows: [], credentials: 0 },
    collection: new Collection(spool, encrypt ? {} : secretsOf(side)),
  };
  const written: { file?: string; metadata?: Metadata } = {};
  const steps = [
    ...gathering(progress, journal),
    journaledStep(journal, "Write the archive, and read it again", "write", async (report) => {
      const metadata = await describe(progress, below);
      written.metadata = metadata;
      written.file = await write({
        progress,
        metadata,
        audience,
        work: work.path,
        output,
        report,
        check: { keys, limit },
      });
    }),
  ];
  const { runMinutes } = target.settings.teamSync;
  await within(
    runMinutes,
    "The export",
    () => runSteps(steps),
    () => opened.disposeAsync(),
  );
  const { file, metadata } = written;
  if (!file || !metadata) throw new Error("the last step wrote no archive");
  return {
    archive: file,
    bytes: statSync(file).size,
    seconds: secondsSince(began),
    tables: metadata.databases.reduce((sum, { tables }) => sum + tables.length, 0),
    workflows: metadata.workflows.length,
  };
}

function gathering(progress: Progress, journal: Journal): Step[] {
  const { request, side, collection, databases, box, opened } = progress;
  const step = journaledStep.bind(undefined, journal);
  return [
    step("Fix one moment of every store", "moment", async (report) => {
      const moment = await takeMoment(side, {
        includeVolumes: request.includeVolumes,
        except: keptDatabases(side.stack),
        spool: (volume, tar) => collection.add(archivePaths.volume(volume), tar),
        report,
      });
      progress.moment = opened.use(moment);
      return `${moment.databases.length} databases, ${moment.volumes.length} volumes`;
    }),
    step("Export databases", "databases", async (report) => {
      for (const database of momentOf(progress).databases) {
        let bytes = 0;
        const add = (dump: AsyncIterable<Buffer>) =>
          collection.add(archivePaths.database(database.name), dump, (more) => {
            bytes += more;
            report(`${database.name}: ${bytesInWords(bytes)}`);
          });
        databases.push(await collectDatabase(side, box, database, add));
      }
      return `${databases.reduce((sum, { tables }) => sum + tables.length, 0)} tables`;
    }),
    step("Export workflows and credentials", "workflows", async () => {
      const workflows = await readWorkflows(side);
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
      await collection.addText(archivePaths.environment, request.encrypt ? text : withPlaceholders(text));
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

async function describe(
  progress: Progress,
  below: { readonly metadata: Metadata; readonly digest: string } | undefined,
): Promise<Metadata> {
  const { side, request, collection, databases, workflows, credentials } = progress;
  const { stack, engine } = side;
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
    secrets: request.encrypt,
    unmasked: !stack.environment.sanitize,
    services: servicesOf(stack),
    postgres: await serverVersion(side),
    databases,
    workflows,
    credentials,
    graph: moment.graph,
    volumes: moment.volumes.map(({ name }) => name),
    since: below ? { stamp: stampOf(new Date(below.metadata.exportDate)), metadata: below.digest } : null,
    files: [...files],
    unchanged: [...unchanged],
  };
}

interface Writing {
  readonly progress: Progress;
  readonly metadata: Metadata;
  readonly audience: Audience | undefined;
  readonly work: string;
  readonly output: string;
  readonly report: (line: string) => void;
  readonly check: Omit<Parameters<typeof verifyArchive>[0], "file">;
}

/** Under another folder until it has been read again, every byte of it. @returns the archive */
async function write({ progress, metadata, audience, work, output, report, check }: Writing): Promise<string> {
  const stamp = stampOf(new Date(metadata.exportDate));
  const name = archiveName({ stamp, encrypted: audience !== undefined });
  const file = join(work, name);
  const size = unpackedSize(metadata);
  const { contents } = progress.collection;
  await writeArchive({ file, stamp, metadata, contents, audience, onBytes: share(size, report, "written") });
  await verifyArchive({ file, ...check }, share(size, report, "read again"));
  const target = join(output, name);
  renameSync(file, target);
  return target;
}

function share(all: number, report: (line: string) => void, done: string): (bytes: number) => void {
  let bytes = 0;
  return (more) => {
    bytes += more;
    report(`${Math.floor((bytes / all) * 100)} % ${done}, ${bytesInWords(bytes)} of ${bytesInWords(all)}`);
  };
}

function momentOf({ moment }: Pick<Progress, "moment">): Moment {
  if (!moment) throw new Error("no moment was taken");
  return moment;
}

/** Every secret of the environment file, by name. */
function secretsOf({ stack }: Side): Record<string, string> {
  return Object.fromEntries(Object.entries(stack.envFile.values).filter(([name, value]) => isSecret(name, value)));
}

/** Personal details leave the machine under a key only. */
function refuseOpenDetails({ target, encrypt }: ExportRequest): void {
  const { name, sanitize } = target.environment;
  if (encrypt || sanitize) return;
  throw new UserError(`${name} may hold production's data unmasked (its setting sanitize is false)`, {
    next: "Export it encrypted: --encrypt",
    exitCode: 2,
  });
}

function baseOverAnother(file: string): UserError {
  return new UserError(`${relative(process.cwd(), file)} lies over another archive itself`, {
    next: "Name the one that stands alone",
    exitCode: 2,
  });
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

function fullDisk(error: unknown): UserError | undefined {
  if ((error as NodeJS.ErrnoException).code !== "ENOSPC") return undefined;
  return new UserError(`The disk is full: ${messageOf(error)}. Nothing of the archive stays`, {
    next: "Free some room, or name another folder: --output",
    cause: error,
  });
}

function secondsSince(began: number): number {
  return Math.round((performance.now() - began) / 100) / 10;
}
