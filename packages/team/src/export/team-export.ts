import { renameSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import { type Journal, openLog, operator, UserError } from "@understudy/core";
import { openSide, type Side } from "@understudy/data";
import { mutate, type Target, toolboxOn } from "@understudy/environment";
import { unpackedSize } from "../archive/metadata.ts";
import { archiveName } from "../archive/name.ts";
import { verifyArchive } from "../archive/read-archive.ts";
import { archiveBytes, writeArchive } from "../archive/write-archive.ts";
import { noteSnapshot } from "../common.ts";
import { mayBeUnmasked, variablesOf } from "../context.ts";
import { archivesFolder } from "../folders.ts";
import { explained } from "../full-disk.ts";
import { audienceOf, keysOf } from "../key/team-keys.ts";
import { patiently } from "../patience.ts";
import { share } from "../report/byte-progress.ts";
import { secondsSince } from "../report/seconds-since.ts";
import { failureInWords, tell } from "../report/tell.ts";
import { remember, rememberFailure } from "../stats/runs.ts";
import { gather } from "./gather.ts";

export interface ExportRequest {
  readonly target: Target;
  /** The team's folder unless told. */
  readonly output: string | undefined;
  readonly encrypt: boolean;
  /** An archive that this one is to lie over. */
  readonly since: string | undefined;
  readonly includeVolumes: boolean;
  readonly wait: boolean;
  /** Say in the environment's alert channels how it went: for a run that nobody watches. */
  readonly tell: boolean;
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
  try {
    refuseOpenDetails(request);
    await using side = await patiently(settings.teamSync.answerSeconds * 1_000, () => openSide(target), say);
    const options = { verb: "team:export", wait, toolbox: await toolboxOn(side.engine), onlyReads: true, log, say };
    const report = await mutate(target, side.engine, options, ({ journal }) =>
      exportUnderLock(request, side, journal, began),
    );
    remember(target, { verb: "export", result: "succeeded", bytes: report.bytes, seconds: report.seconds });
    log.info({ report }, "export");
    const what = `${report.tables} tables, ${report.workflows} workflows`;
    const seen = `${operator()} exported ${environment.name}: ${what}, ${report.archive}`;
    const news = { name: "an archive was made", seen, expected: "pnpm team:import takes it over" };
    if (request.tell) await tell(request, news);
    return report;
  } catch (thrown) {
    const error = explained(thrown);
    rememberFailure(target, "export", began, error);
    const seen = failureInWords(error);
    if (request.tell)
      await tell(request, { name: "no archive was made", seen, expected: "pnpm team:export ends well" });
    throw error;
  }
}

async function exportUnderLock(
  request: ExportRequest,
  side: Side,
  journal: Journal,
  began: number,
): Promise<ExportReport> {
  const { target, encrypt, includeVolumes, since } = request;
  const { installation, settings } = target;
  const output = request.output ?? archivesFolder(installation, settings);
  const variables = variablesOf(side.stack);
  const audience = encrypt ? await audienceOf(installation, settings.teamSync.recipients, variables) : undefined;
  const check = { keys: await keysOf(installation, variables), limit: settings.teamSync.largestGigabytes * 1e9 };
  const below = since === undefined ? undefined : await verifyArchive({ file: since, ...check });
  if (below?.metadata.since) throw baseOverAnother(since ?? "");
  const options = { side, journal, folder: output, includeVolumes, open: !encrypt, secrets: encrypt, below };
  return await gather(options, {
    title: "Write the archive, and read it again",
    name: "write",
    run: async ({ work, ...packed }, report) => {
      const { stamp, metadata } = packed;
      const name = archiveName({ stamp, encrypted: encrypt });
      // It bears its name among others once every byte of it has been read again.
      const file = join(work, name);
      const size = unpackedSize(metadata);
      const bytes = archiveBytes({ ...packed, onBytes: share(size, report, "written") });
      await writeArchive({ file, bytes, audience });
      await verifyArchive({ file, ...check }, share(size, report, "read again"));
      const archive = join(output, name);
      renameSync(file, archive);
      noteSnapshot(target, metadata);
      return {
        archive,
        bytes: statSync(archive).size,
        seconds: secondsSince(began),
        tables: metadata.databases.reduce((sum, { tables }) => sum + tables.length, 0),
        workflows: metadata.workflows.length,
      };
    },
  });
}

/** Personal details leave the machine under a key only. */
function refuseOpenDetails({ target, encrypt }: ExportRequest): void {
  if (encrypt || !mayBeUnmasked(target)) return;
  const why = target.environment.sanitize ? "it was copied or imported so" : "its setting sanitize is false";
  throw new UserError(`${target.environment.name} may hold production's data unmasked (${why})`, {
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
