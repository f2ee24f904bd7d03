import type { ContainerInspectInfo } from "@understudy/core";
import { listDatabases, runningWriters, type Side } from "@understudy/data";
import {
  type DesiredStack,
  keptVolumes,
  type Snapshot,
  serviceOf,
  takeSnapshot,
  volumeName,
} from "@understudy/environment";

/** A volume of a stack that is stored as files. */
export interface StoredVolume {
  /** As the compose files name it. */
  readonly name: string;
  /** On the host. */
  readonly volume: string;
}

/** What there is to be backed up. */
export interface BackupPlan {
  readonly databases: readonly string[];
  /** In order; not that of Postgres, whose databases are dumped. */
  readonly volumes: readonly StoredVolume[];
  /** Who could write meanwhile. */
  readonly writers: readonly ContainerInspectInfo[];
  /** Image id by service. */
  readonly images: Readonly<Record<string, string>>;
}

/** Look at what an environment has. @throws UserError when its Postgres does not answer. */
export async function planBackup({ engine, server, stack }: Side): Promise<BackupPlan> {
  const snapshot = await takeSnapshot(engine, stack.environment.stackName);
  return {
    databases: await listDatabases(server),
    volumes: storedVolumes(stack, snapshot),
    writers: runningWriters(snapshot),
    images: Object.fromEntries([...snapshot.containers.values()].map((info) => [serviceOf(info), info.Image])),
  };
}

/** The volumes of a stack that are there, but for those of Postgres. */
export function storedVolumes({ model, environment }: DesiredStack, { volumes }: Snapshot): StoredVolume[] {
  const dumped = new Set(model.services.postgres?.volumes.map(({ source }) => source));
  return keptVolumes(model)
    .filter((name) => !dumped.has(name) && !model.volumes[name]?.external)
    .map((name) => ({ name, volume: volumeName(environment.stackName, name) }))
    .filter(({ volume }) => volumes.has(volume))
    .sort((a, b) => a.name.localeCompare(b.name));
}
