import type { Server } from "@understudy/data";
import { openSnapshot, readSequences, type SequenceState, type Snapshot } from "@understudy/postgres";
import { artifacts, folderOf, tagsOf } from "../artifacts.ts";
import type { Hold } from "../hold/hold.ts";
import type { Report, Repository, Stored } from "../repository/repository.ts";
import type { BackupPlan } from "./plan-backup.ts";

/** One moment of all stores: databases to be read yet, files that are stored. */
export interface Moment extends AsyncDisposable {
  readonly at: Date;
  readonly heldMs: number;
  readonly databases: readonly DatabaseMoment[];
  /** undefined when there are no volumes. */
  readonly files: Stored | undefined;
}

export interface DatabaseMoment {
  readonly name: string;
  readonly snapshot: Snapshot;
  /** Sequences are outside of snapshots. */
  readonly sequences: readonly SequenceState[];
}

/**
 * Hold the writers, fix the moment of every database, store what changed in the files since they were read early, and let the
 * writers go on.
 * @throws UserError when the hold did not last.
 */
export async function takeMoment(
  server: Server,
  repository: Repository,
  { id, plan, hold, report }: { id: string; plan: BackupPlan; hold: Hold; report: Report },
): Promise<Moment> {
  await using opened = new AsyncDisposableStack();
  const paths = plan.volumes.map(({ name }) => folderOf(name));
  await hold.begin();
  const at = new Date();
  const databases = await Promise.all(
    plan.databases.map(async (name) => {
      const snapshot = opened.use(await openSnapshot({ ...server.login, database: name, timeout: 15_000 }, "names"));
      return { name, snapshot, sequences: await readSequences(snapshot.session) };
    }),
  );
  const tags = tagsOf(id, artifacts.files);
  const files = paths.length ? await repository.storeFolders({ paths, tags, report }) : undefined;
  const heldMs = Math.round(await hold.release());
  const all = opened.move();
  return { at, heldMs, databases, files, [Symbol.asyncDispose]: () => all.disposeAsync() };
}
