import { bytesInWords, type Journal, runSteps, type Step, writeFileAtomic } from "@understudy/core";
import { countGraph, openGraphOf, type Side } from "@understudy/data";
import { recordedDeployment } from "@understudy/environment";
import { artifacts, fileNames, folderOf, tagsOf } from "../artifacts.ts";
import { readHoldings } from "../catalog.ts";
import { readEnvironmentFiles } from "../environment-files.ts";
import { Hold } from "../hold/hold.ts";
import { journaledStep } from "../journaled-step.ts";
import { manifestFile } from "../manifest/kept.ts";
import type { BackedUpDatabase, Manifest } from "../manifest/manifest.ts";
import type { Report, Repository, Stored } from "../repository/repository.ts";
import { type Moment, takeMoment } from "./moment.ts";
import type { BackupPlan } from "./plan-backup.ts";
import { storeRoles } from "./roles.ts";
import { storeDatabase } from "./store-database.ts";

export interface TakeOptions {
  readonly id: string;
  readonly side: Side;
  /** Its box has the plan's volumes, each in its folder. */
  readonly repository: Repository;
  readonly plan: BackupPlan;
  readonly journal: Journal;
}

/** A backup that is whole. */
export interface Taken {
  readonly manifest: Manifest;
  /** What the repository grew by, bytes. */
  readonly added: number;
}

/** Longest that writers may stand still, ms: then it was no moment, and the backup fails. */
const deadline = 30_000;

type GraphSize = Awaited<ReturnType<typeof countGraph>>;

/** What the steps find out for each other. */
interface Progress extends TakeOptions {
  early?: Stored;
  moment?: Moment & Pick<Manifest, "graph">;
  readonly databases: BackedUpDatabase[];
  added: number;
  manifest?: Manifest;
}

/**
 * Store all of an environment as it is at one moment. The manifest is stored last: a run that is cut off leaves no backup, and
 * what it left is removed by the next one.
 * @throws UserError
 */
export async function takeBackup(options: TakeOptions): Promise<Taken> {
  await using opened = new AsyncDisposableStack();
  const progress: Progress = { ...options, databases: [], added: 0 };
  await runSteps(steps(progress, opened));
  const { manifest, added } = progress;
  if (!manifest) throw new Error("the last step stored no manifest");
  return { manifest, added };
}

function steps(progress: Progress, opened: AsyncDisposableStack): Step[] {
  const { journal, plan } = progress;
  const step = journaledStep.bind(undefined, journal);
  return [
    step("Clear what earlier runs left", "sweep", () => sweep(progress)),
    step("Store files while services run", "early files", (report) => storeEarly(progress, report)),
    step("Hold writers for one moment", "moment", async (report) => {
      progress.moment = opened.use(await fixMoment(progress, report));
      return `they stood still for ${progress.moment.heldMs} ms`;
    }),
    ...plan.databases.map((name) =>
      step(`Store database ${name}`, `database ${name}`, (report) => store(progress, name, report)),
    ),
    step("Store roles, settings and the list of it all", "manifest", () => finish(progress)),
  ];
}

async function sweep({ repository }: Progress): Promise<string | undefined> {
  const { leftovers } = await readHoldings(repository);
  if (leftovers.length === 0) return undefined;
  await repository.forget(leftovers.map(({ id }) => id));
  return `${leftovers.length} parts of backups that did not end`;
}

async function storeEarly(progress: Progress, report: Report): Promise<string> {
  const { repository, id, plan } = progress;
  if (plan.volumes.length === 0) return "there are none";
  const paths = plan.volumes.map(({ name }) => folderOf(name));
  const early = await repository.storeFolders({ paths, tags: tagsOf(id, artifacts.early), live: true, report });
  progress.early = early;
  progress.added += early.added;
  return `${bytesInWords(early.bytes)}, ${bytesInWords(early.added)} of it new`;
}

async function fixMoment({ side, repository, id, plan }: Progress, report: Report) {
  const { stackName } = side.stack.environment;
  await using hold = await Hold.prepare(side.engine, { stackName, containers: plan.writers, deadline });
  await using graph = await openGraphOf(side);
  const before = graph && (await countGraph(graph));
  const moment = await takeMoment(side.server, repository, { id, plan, hold, report });
  const after = graph && (await countGraph(graph));
  return { ...moment, graph: before && after ? beforeAndAfter(before, after) : null };
}

function beforeAndAfter(before: GraphSize, after: GraphSize): Manifest["graph"] {
  return {
    nodes: [before.nodes, after.nodes],
    relationships: [before.relationships, after.relationships],
  };
}

async function store(progress: Progress, name: string, report: Report): Promise<string> {
  const { side, repository, id, moment } = progress;
  const database = moment?.databases.find((one) => one.name === name);
  if (!database) throw new Error(`no moment of database ${name} was taken`);
  const stored = await storeDatabase(side.server, repository, database, { id, report });
  progress.databases.push(stored.database);
  progress.added += stored.added;
  return `${bytesInWords(stored.database.artifact.bytes)}, ${bytesInWords(stored.added)} of it new`;
}

async function finish(progress: Progress): Promise<void> {
  const { side, repository, id, plan, moment, early, databases } = progress;
  const { stack, server } = side;
  if (!moment) throw new Error("no moment was taken");
  const roles = await storeRoles(server, repository, id);
  const environmentFiles = await repository.storeText({
    name: fileNames.environmentFiles,
    tags: tagsOf(id, artifacts.environmentFiles),
    content: JSON.stringify(readEnvironmentFiles(stack)),
  });
  await using session = await server.connect("postgres");
  const [version] = await session.query<{ number: string }>("SELECT current_setting('server_version_num') AS number");
  progress.added += roles.added + environmentFiles.added + (moment.files?.added ?? 0);
  const release = recordedDeployment(stack)?.release;
  const manifest: Manifest = {
    version: 1,
    id,
    environment: stack.environment.name,
    at: moment.at.toISOString(),
    release: release ? { id: release.id, commit: release.commit ?? null } : null,
    images: plan.images,
    postgres: Number(version?.number),
    heldMs: moment.heldMs,
    databases,
    roles: artifactOf(roles),
    files: moment.files ? artifactOf(moment.files) : null,
    volumes: plan.volumes.map(({ name }) => name),
    graph: moment.graph,
    environmentFiles: artifactOf(environmentFiles),
  };
  const content = JSON.stringify(manifest);
  writeFileAtomic(manifestFile(stack, id), content);
  await repository.storeText({ name: fileNames.manifest, tags: tagsOf(id, artifacts.manifest), content });
  if (early) await repository.forget([early.snapshot]);
  progress.manifest = manifest;
}

function artifactOf({ snapshot, bytes }: Stored) {
  return { snapshot, bytes };
}
