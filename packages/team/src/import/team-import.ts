import { journaledStep } from "@understudy/backup";
import { confirmDestructive, type Journal, openLog, runSteps, UserError } from "@understudy/core";
import {
  discardOld,
  type Guest,
  openSide,
  putInPlace,
  RoomGuard,
  refuseWithoutRoom,
  type Side,
  SwapFile,
} from "@understudy/data";
import { mutate, readDataFacts, type Target, toolboxOn, unfinishedSwap } from "@understudy/environment";
import { migrateOnNewData } from "@understudy/workflows/on-new-data";
import { findArchives, newestArchive } from "../archive/find-archives.ts";
import type { Metadata } from "../archive/metadata.ts";
import type { ReadOptions } from "../archive/read-archive.ts";
import { noteSnapshot } from "../common.ts";
import { localOf, variablesOf } from "../context.ts";
import { searchedFolders } from "../folders.ts";
import { swapFileOf } from "../kept.ts";
import { keysOf } from "../key/team-keys.ts";
import { patiently } from "../patience.ts";
import { compatibility } from "../plan/compatibility.ts";
import { factsOf } from "../plan/facts-of.ts";
import { showProgress } from "../report/byte-progress.ts";
import { secondsSince } from "../report/seconds-since.ts";
import { type Summary, showArchive, showPlan } from "../report/show-archive.ts";
import { remember, rememberFailure } from "../stats/runs.ts";
import { within } from "../within.ts";
import { discard, recoverImport, settle, swapOf, unfinishedImport } from "./import-record.ts";
import { dropTheirs, type Laying, layBeside } from "./lay-beside.ts";
import { describePlan, type ImportPart, type ImportPlan, planImport } from "./plan-import.ts";
import { prove } from "./prove.ts";
import { proveSource, type Source } from "./sources.ts";

export interface ImportRequest {
  readonly target: Target;
  /** The newest one in the searched folders unless told. */
  readonly archive: string | undefined;
  readonly only: ImportPart | undefined;
  /** n8n's credentials come empty: for an archive under another team key. */
  readonly withoutCredentials: boolean;
  /** Chooses the workflows that stay as they are here, once both sides are known. */
  readonly choose?: (side: Side, theirs: Metadata) => Promise<readonly string[]>;
  readonly dryRun: boolean;
  readonly yes: boolean;
  readonly wait: boolean;
  /** Says a line to the person. */
  readonly say: (line: string) => void;
}

/** What `team:import --json` says; documented in docs/team.md. */
export interface ImportReport {
  readonly archive: string;
  readonly environment: string;
  readonly imported: boolean;
  readonly databases: readonly string[];
  readonly volumes: readonly string[];
  readonly workflows: number;
  readonly warnings: readonly string[];
  readonly seconds: number;
}

/** Put a teammate's environment in the place of one's own; until it is proven, one's own stays. @throws UserError; what ran before runs on then */
export async function teamImport(request: ImportRequest): Promise<ImportReport> {
  const { target } = request;
  const began = performance.now();
  try {
    const report = await importTimed(request, began);
    if (report.imported) remember(target, { verb: "import", result: "succeeded", seconds: report.seconds });
    return report;
  } catch (error) {
    rememberFailure(target, "import", began, error);
    throw error;
  }
}

async function importTimed(request: ImportRequest, began: number): Promise<ImportReport> {
  const { target, only, say, dryRun, wait } = request;
  const { installation, environment, settings } = target;
  await using side = await patiently(settings.teamSync.answerSeconds * 1_000, () => openSide(target), say);
  const source = await prepare(request, side);
  const { metadata } = source;
  const plan = planImport(metadata, only);
  const { refusals, warnings } = compatibility(metadata, await localOf(side));
  const summary: Summary = { file: source.layers[0]?.file ?? "", metadata };
  say(showArchive(summary, warnings));
  const [refusal] = refusals;
  if (refusal) throw new UserError(refusal.message, { next: refusal.next });
  await refuseWithoutRoom(side, sizeOf(metadata, plan), guest);
  say(showPlan(describePlan(plan, environment.name), environment.name));
  const keep = (await request.choose?.(side, metadata)) ?? [];
  const report = (imported: boolean): ImportReport => ({
    ...{ archive: summary.file, environment: environment.name, imported, warnings },
    databases: plan.databases.map(({ name }) => name),
    volumes: plan.volumes,
    workflows: metadata.workflows.length,
    seconds: secondsSince(began),
  });
  if (dryRun) return report(false);
  await confirmDestructive(`ATTENTION: this overwrites all current data of ${environment.name}.`, request);
  const log = openLog(installation, environment.name, "team");
  const options = {
    verb: "team:import",
    wait,
    toolbox: await toolboxOn(side.engine),
    // Only its own, which it brings to an end.
    overUnfinishedSwap: unfinishedSwap(target)?.finish === finishOf(target),
    log,
    say,
  };
  try {
    await mutate(target, side.engine, options, async ({ journal }) => {
      await importUnderLock(request, { side, source, plan, keep, journal });
      await migrateOnNewData(side.stack, { journal, say, log });
    });
  } catch (error) {
    if (!(error instanceof UserError) || error.next) throw error;
    const next = unfinishedImport(target)
      ? `Finish it: ${finishOf(target)}`
      : `${environment.name} runs as before; nothing of the import stays`;
    throw new UserError(error.message, { next, cause: error });
  }
  // With workflows alone, most of the data still comes from where it came from.
  if (only !== "workflows") noteSnapshot(target, metadata);
  log.info({ report: report(true) }, "import");
  return report(true);
}

async function importUnderLock(
  { target, withoutCredentials, say }: ImportRequest,
  { side, source, plan, keep, journal }: Pick<Laying, "side" | "source" | "plan" | "keep" | "journal">,
): Promise<void> {
  const { stack } = side;
  journal.step("recover");
  await recoverImport(side, say);
  await dropTheirs(side);
  const before = readDataFacts(stack);
  // With workflows alone, the data stays what it is.
  const after = plan.workflowsOnly ? before : factsOf(source.metadata);
  const record = SwapFile.begin(swapFileOf(stack), {
    what: `The import of ${source.metadata.exportDate}`,
    finish: finishOf(target),
    keepsOld: true,
    facts: { before, after },
  });
  await using opened = new AsyncDisposableStack();
  const close = () => opened.disposeAsync();
  try {
    using room = new RoomGuard(side, guest);
    const laying = { side, source, plan, record, keep, facts: after, withoutCredentials, opened, journal };
    const { runMinutes } = stack.settings.teamSync;
    await within(runMinutes, "The import", () => room.watch(() => layBeside(laying), close), close);
    await close();
    await swapInKeeping(side, record, journal, (report) =>
      prove(
        side,
        swapOf(side, record),
        { workflows: expectedWorkflows(source, keep), graph: plan.volumes.length ? source.metadata.graph : null },
        report,
      ),
    );
  } catch (error) {
    if (record.phase === "prepared") await discard(side, record);
    await dropTheirs(side);
    throw error;
  }
}

/** Put what lies beside in place, prove it, and keep what it replaced. Failing that, the old data is put back. */
export async function swapInKeeping(
  side: Side,
  record: SwapFile,
  journal: Journal,
  proof: (report: (line: string) => void) => Promise<void>,
): Promise<void> {
  const swap = swapOf(side, record);
  await runSteps([
    journaledStep(journal, "Swap, and prove healthy", "swap", async (report) => {
      await putInPlace(swap, { report, prove: () => proof(report), startOnOld: true });
    }),
    journaledStep(journal, "Keep what was replaced", "keep", async () => {
      await settle(side, record);
      await discardOld(swap);
    }),
  ]);
}

/** Find the archive, and prove it whole. */
async function prepare({ target, archive, say }: ImportRequest, side: Side): Promise<Source> {
  const { installation, settings } = target;
  const folders = searchedFolders(installation, settings);
  const file = archive ?? newestArchive(folders).file;
  const options: ReadOptions = {
    file,
    keys: await keysOf(installation, variablesOf(side.stack)),
    limit: settings.teamSync.largestGigabytes * 1e9,
  };
  const below = (stamp: string) =>
    findArchives(folders)
      .filter((found) => found.stamp === stamp)
      .map((found) => found.file);
  say(`Checking every byte of ${file}`);
  return await proveSource(options, below, showProgress(say));
}

/** The command that finishes an import that was cut off. */
export function finishOf({ environment }: Target): string {
  return `pnpm recover --environment ${environment.name}`;
}

function expectedWorkflows({ metadata }: Source, keep: readonly string[]): string[] {
  const kept = new Set(keep);
  return metadata.workflows.map(({ id }) => id).filter((id) => !kept.has(id));
}

/** It stands beside the live data until the swap. */
const guest: Guest = {
  what: "import",
  next: { before: "Free some, pnpm cleanup helps", meanwhile: "Free some, pnpm cleanup helps, and import again" },
};

function sizeOf({ files, unchanged }: Metadata, { wanted }: ImportPlan) {
  const all = [...files, ...unchanged].filter(({ path }) => wanted.has(path));
  const sum = (of: typeof all) => of.reduce((bytes, file) => bytes + file.bytes, 0);
  const volumes = all.filter(({ path }) => path.startsWith("volumes/"));
  // Unpacked, and once more inside the live volume.
  return { rows: sum(all) - sum(volumes), files: 2 * sum(volumes) };
}
