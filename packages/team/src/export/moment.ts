import { Hold, storedVolumes } from "@understudy/backup";
import { countGraph, listDatabases, openGraphOf, runningWriters, type Side, VolumeBox } from "@understudy/data";
import { takeSnapshot } from "@understudy/environment";
import { openSnapshot, readSequences, type SequenceState, type Snapshot } from "@understudy/postgres";
import type { Metadata } from "../archive/metadata.ts";
import type { Spooled } from "../archive/spool.ts";
import { type CarriedVolume, carriedVolumes } from "../volumes.ts";
import { packVolume } from "./pack-volume.ts";

/** All stores of an environment as they were at one moment. */
export interface Moment extends AsyncDisposable {
  readonly at: Date;
  readonly databases: readonly DatabaseMoment[];
  readonly volumes: readonly { readonly name: string; readonly tar: Spooled }[];
  readonly graph: Metadata["graph"];
}

export interface DatabaseMoment {
  readonly name: string;
  readonly snapshot: Snapshot;
  readonly sequences: readonly SequenceState[];
}

export interface MomentOptions {
  /** Volumes beside those that hold a database of their own. */
  readonly includeVolumes: boolean;
  /** Databases that are kept from before. */
  readonly except: ReadonlySet<string>;
  /** Puts a volume's tar where it waits to be packed. */
  spool(volume: string, tar: AsyncIterable<Buffer>): Promise<Spooled>;
  readonly report: (line: string) => void;
}

/** Longest that writers may stand still, ms: then it was no moment, and the export fails. */
const deadline = 60_000;

/** Fix the moment of every database; where volumes are taken, their services stand still (SIGSTOP) until they are read. @throws UserError */
export async function takeMoment(side: Side, options: MomentOptions): Promise<Moment> {
  await using opened = new AsyncDisposableStack();
  const { stack, engine, server } = side;
  const { stackName } = stack.environment;
  const snapshot = await takeSnapshot(engine, stackName);
  const volumes = carriedVolumes(storedVolumes(stack, snapshot), options.includeVolumes);
  const names = (await listDatabases(server)).filter((name) => !options.except.has(name));
  const fix = async () => ({
    at: new Date(),
    databases: await Promise.all(
      names.map(async (name): Promise<DatabaseMoment> => {
        const moment = opened.use(await openSnapshot({ ...server.login, database: name, timeout: 15_000 }));
        return { name, snapshot: moment, sequences: await readSequences(moment.session) };
      }),
    ),
  });
  const all = () => {
    const moved = opened.move();
    return { [Symbol.asyncDispose]: () => moved.disposeAsync() };
  };
  if (!volumes.length) {
    return { ...(await fix()), volumes: [], graph: null, ...all() };
  }
  const mounts = volumes.map(({ volume, path }) => ({ volume, path, readOnly: true }));
  await using box = await VolumeBox.open(engine, stackName, mounts);
  await using graph = await openGraphOf(side);
  await using hold = await Hold.prepare(engine, { stackName, containers: runningWriters(snapshot), deadline });
  const before = graph && (await countGraph(graph));
  await hold.begin();
  const fixed = await fix();
  const tars = await readVolumes(box, volumes, options);
  await hold.release();
  const after = graph && (await countGraph(graph));
  return { ...fixed, volumes: tars, graph: before && after ? together(before, after) : null, ...all() };
}

function together(before: GraphSize, after: GraphSize): Metadata["graph"] {
  return { nodes: [before.nodes, after.nodes], relationships: [before.relationships, after.relationships] };
}

type GraphSize = Awaited<ReturnType<typeof countGraph>>;

async function readVolumes(box: VolumeBox, volumes: readonly CarriedVolume[], { spool, report }: MomentOptions) {
  const tars: { name: string; tar: Spooled }[] = [];
  for (const volume of volumes) {
    report(volume.name);
    tars.push({ name: volume.name, tar: await spool(volume.name, packVolume(box, volume)) });
  }
  return tars;
}
