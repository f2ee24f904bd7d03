import { UserError } from "@understudy/core";
import { openSide } from "@understudy/data";
import type { Target } from "@understudy/environment";
import { parseMetadata } from "../archive/metadata.ts";
import { timeOf } from "../archive/name.ts";
import { localOf } from "../context.ts";
import { compatibility, type Local, verdictOf } from "../plan/compatibility.ts";
import { openPlace } from "./open-place.ts";
import { type SharedSnapshot, sharedSnapshots, storedNames } from "./snapshots.ts";

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
  await using open = await openPlace(side);
  const { repository: place } = open;
  const local = await localOf(side);
  const listed: ListedSnapshot[] = [];
  for (const snapshot of sharedSnapshots(await place.list()).snapshots.slice(0, most)) {
    listed.push(listedAs(snapshot, await place.readText(snapshot.metadata, storedNames.metadata), local));
  }
  return listed;
}

/** One of another format is listed too: others can be taken. Pure. @throws Error for metadata that are damaged */
export function listedAs({ stamp, by, bytes }: SharedSnapshot, text: string, local: Local): ListedSnapshot {
  try {
    const metadata = parseMetadata(text);
    const found = compatibility(metadata, local);
    const notes = [...found.refusals.map(({ message }) => message), ...found.warnings];
    const { environment, exportDate: time } = metadata;
    return { stamp, by, environment, time, bytes, compatible: verdictOf(found), notes };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const time = timeOf(stamp).toISOString();
    return { stamp, by, environment: "unknown", time, bytes, compatible: "refused", notes: [error.message] };
  }
}
