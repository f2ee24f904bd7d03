import { openSide } from "@understudy/data";
import type { Target } from "@understudy/environment";
import { parseMetadata } from "../archive/metadata.ts";
import { localOf } from "../context.ts";
import { compatibility, verdictOf } from "../plan/compatibility.ts";
import { openPlace } from "./open-place.ts";
import { sharedSnapshots, storedNames } from "./snapshots.ts";

/** What `team:list --json` says of each; documented in docs/team.md. */
export interface ListedSnapshot {
  readonly stamp: string;
  readonly by: string;
  readonly environment: string;
  /** ISO 8601. */
  readonly time: string;
  /** Unpacked. */
  readonly bytes: number;
  readonly compatible: ReturnType<typeof verdictOf>;
  /** Why it is refused, or what differs. */
  readonly notes: readonly string[];
}

/** Listed at most: the metadata of each are read. */
const most = 20;

/** The newest snapshots in the team's place, the newest first. @throws UserError */
export async function teamList(target: Target): Promise<ListedSnapshot[]> {
  await using side = await openSide(target);
  await using place = await openPlace(side);
  const local = await localOf(side);
  const listed: ListedSnapshot[] = [];
  for (const { stamp, by, bytes, metadata } of sharedSnapshots(await place.list()).snapshots.slice(0, most)) {
    const { environment, exportDate, ...all } = parseMetadata(await place.readText(metadata, storedNames.metadata));
    const found = compatibility({ environment, exportDate, ...all }, local);
    const notes = [...found.refusals.map(({ message }) => message), ...found.warnings];
    listed.push({ stamp, by, environment, time: exportDate, bytes, compatible: verdictOf(found), notes });
  }
  return listed;
}
