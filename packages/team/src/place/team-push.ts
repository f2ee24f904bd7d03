import { type Journal, openLog, operator } from "@understudy/core";
import { openSide, type Side } from "@understudy/data";
import { mutate, type Target, toolboxOn } from "@understudy/environment";
import { unpackedSize } from "../archive/metadata.ts";
import { archiveBytes, metadataText } from "../archive/write-archive.ts";
import { noteSnapshot } from "../common.ts";
import { gather } from "../export/gather.ts";
import { archivesFolder } from "../folders.ts";
import { explained } from "../full-disk.ts";
import { patiently } from "../patience.ts";
import { share } from "../report/byte-progress.ts";
import { secondsSince } from "../report/seconds-since.ts";
import { failureInWords, tell } from "../report/tell.ts";
import { remember, rememberFailure } from "../stats/runs.ts";
import { openPlace } from "./open-place.ts";
import { sharedSnapshots, storedNames, tagsOf } from "./snapshots.ts";

export interface PushRequest {
  readonly target: Target;
  readonly includeVolumes: boolean;
  readonly wait: boolean;
  /** Says a line to the person. */
  readonly say: (line: string) => void;
}

/** What `team:push --json` says; documented in docs/team.md. */
export interface PushReport {
  readonly stamp: string;
  readonly by: string;
  /** As it was read; and what the place grew by. */
  readonly bytes: number;
  readonly added: number;
  readonly seconds: number;
  readonly tables: number;
  readonly workflows: number;
}

/** Store an environment in the team's place: only what the place does not have travels. Secrets of the environment file stay. @throws UserError */
export async function teamPush(request: PushRequest): Promise<PushReport> {
  const { target, wait, say } = request;
  const { installation, environment, settings } = target;
  const began = performance.now();
  const log = openLog(installation, environment.name, "team");
  try {
    await using side = await patiently(settings.teamSync.answerSeconds * 1_000, () => openSide(target), say);
    const options = { verb: "team:push", wait, toolbox: await toolboxOn(side.engine), onlyReads: true, log, say };
    const report = await mutate(target, side.engine, options, ({ journal }) =>
      pushUnderLock(request, side, journal, began),
    );
    remember(target, { verb: "push", result: "succeeded", bytes: report.bytes, seconds: report.seconds });
    const seen = `${report.by} shared ${environment.name} as ${report.stamp}: ${report.tables} tables, ${report.workflows} workflows`;
    await tell(request, { name: "a snapshot was shared", seen, expected: "pnpm team:pull takes it over" });
    return report;
  } catch (thrown) {
    const error = explained(thrown);
    rememberFailure(target, "push", began, error);
    const seen = failureInWords(error);
    await tell(request, { name: "a snapshot was not shared", seen, expected: "pnpm team:push ends well" });
    throw error;
  }
}

async function pushUnderLock(
  { target, includeVolumes }: PushRequest,
  side: Side,
  journal: Journal,
  began: number,
): Promise<PushReport> {
  const by = operator();
  await using open = await openPlace(side);
  const { repository: place } = open;
  journal.step("sweep");
  const { leftovers } = sharedSnapshots(await place.list());
  // Another's may be on its way.
  await place.forget(leftovers.filter(({ tags }) => tags.includes(`by=${by}`)).map(({ id }) => id));
  const folder = archivesFolder(target.installation, target.settings);
  const options = { side, journal, folder, includeVolumes, open: false, secrets: false };
  return await gather(options, {
    title: "Store it in the team's place",
    name: "push",
    run: async ({ work: _, ...packed }, report) => {
      const { stamp, metadata } = packed;
      const onBytes = share(unpackedSize(metadata), report, "stored");
      const stored = await place.storeBytes({
        name: storedNames.archive,
        tags: tagsOf("archive", stamp, by),
        content: archiveBytes({ ...packed, onBytes }),
      });
      // Last: what has no metadata was cut off.
      const content = metadataText(metadata);
      const described = await place.storeText({
        name: storedNames.metadata,
        tags: tagsOf("metadata", stamp, by),
        content,
      });
      noteSnapshot(target, metadata);
      return {
        ...{ stamp, by, bytes: stored.bytes, added: stored.added + described.added, seconds: secondsSince(began) },
        tables: metadata.databases.reduce((sum, { tables }) => sum + tables.length, 0),
        workflows: metadata.workflows.length,
      };
    },
  });
}
