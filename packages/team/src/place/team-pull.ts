import { existsSync, renameSync } from "node:fs";
import { join } from "node:path";
import { operator, UserError } from "@understudy/core";
import { openSide, type Side } from "@understudy/data";
import type { Target } from "@understudy/environment";
import type { Metadata } from "../archive/metadata.ts";
import { archiveName } from "../archive/name.ts";
import { verifyArchive } from "../archive/read-archive.ts";
import { writeArchive } from "../archive/write-archive.ts";
import { commonWith } from "../common.ts";
import { variablesOf } from "../context.ts";
import { archivesFolder, workFolder } from "../folders.ts";
import { explained } from "../full-disk.ts";
import { liveState } from "../import/live-state.ts";
import { type ImportReport, teamImport } from "../import/team-import.ts";
import { keysOf, teamKey } from "../key/team-keys.ts";
import { type Changes, changesSince, type Preference, workflowsToKeep } from "../plan/changes.ts";
import { secondsSince } from "../report/seconds-since.ts";
import { showChanges } from "../report/show-changes.ts";
import { remember, rememberFailure } from "../stats/runs.ts";
import { openPlace } from "./open-place.ts";
import { chooseSnapshot, sharedSnapshots, storedNames } from "./snapshots.ts";

export interface PullRequest {
  readonly target: Target;
  /** The newest of a teammate's unless told. */
  readonly snapshot: string | undefined;
  /** Whose workflows stay where both sides changed them. Undefined: it is refused then. */
  readonly prefer: Preference | undefined;
  /** Fetch and check the archive, and import nothing. */
  readonly fetchOnly: boolean;
  readonly dryRun: boolean;
  readonly yes: boolean;
  readonly wait: boolean;
  /** Says a line to the person. */
  readonly say: (line: string) => void;
}

/** Fetch a teammate's snapshot, and import it; workflows that were changed here stay. @returns nothing when it was only fetched @throws UserError */
export async function teamPull(request: PullRequest): Promise<{ archive: string; imported: ImportReport | null }> {
  const { target, prefer, say, fetchOnly } = request;
  const began = performance.now();
  let archive: string;
  try {
    archive = await fetchSnapshot(request);
  } catch (thrown) {
    const error = explained(thrown);
    rememberFailure(target, "pull", began, error);
    throw error;
  }
  remember(target, { verb: "pull", result: "succeeded", seconds: secondsSince(began) });
  if (fetchOnly) return { archive, imported: null };
  const choose = async (side: Side, theirs: Metadata) => {
    const common = commonWith(target, theirs);
    const changes = changesSince(common, await liveState(side), theirs);
    for (const line of showChanges(changes, common)) say(line);
    refuseSilence(changes, prefer);
    return workflowsToKeep(changes, prefer ?? "theirs");
  };
  const imported = await teamImport({ ...request, archive, only: undefined, withoutCredentials: false, choose });
  return { archive, imported };
}

/** Into an archive of one's own, encrypted under the team's key: nobody looked for secrets in it. @returns its file */
async function fetchSnapshot({ target, snapshot: wanted, say }: PullRequest): Promise<string> {
  const { installation, settings } = target;
  await using side = await openSide(target);
  await using open = await openPlace(side);
  const { repository: place } = open;
  const { snapshots } = sharedSnapshots(await place.list());
  const found = chooseSnapshot(snapshots, wanted, operator());
  if (!found) {
    const known = snapshots.slice(0, 5).map(({ stamp, by }) => `${stamp} (${by})`);
    throw new UserError(
      wanted ? `The team's place has no snapshot "${wanted}"` : "The team's place has no snapshot of a teammate's",
      {
        next: known.length ? `It has: ${known.join(", ")}` : "A teammate shares one with pnpm team:push",
      },
    );
  }
  const folder = archivesFolder(installation, settings);
  const name = archiveName({ stamp: found.stamp, encrypted: true });
  const archive = join(folder, name);
  if (existsSync(archive)) {
    say(`${archive} is here already`);
    return archive;
  }
  using work = workFolder(folder);
  const file = join(work.path, name);
  say(`Fetching ${found.stamp} of ${found.by}`);
  const bytes = place.read(found.archive, storedNames.archive);
  await writeArchive({ file, bytes, audience: { passphrase: teamKey(installation) } });
  const keys = await keysOf(installation, variablesOf(side.stack));
  await verifyArchive({ file, keys, limit: settings.teamSync.largestGigabytes * 1e9 });
  renameSync(file, archive);
  return archive;
}

/** What both changed is never decided in silence. */
function refuseSilence({ workflows }: Changes, prefer: Preference | undefined): void {
  if (prefer || !workflows.both.length) return;
  const names = workflows.both.slice(0, 5).map(({ name }) => `"${name}"`);
  throw new UserError(`You and your teammate both changed ${workflows.both.length} workflows: ${names.join(", ")}`, {
    next: "Say whose stay: --prefer newer, --prefer mine or --prefer theirs",
  });
}
