/** A volume of a stack that travels. */
export interface CarriedVolume {
  /** As the compose files name it. */
  readonly name: string;
  /** On the host. */
  readonly volume: string;
  /** Where a box has it. */
  readonly path: string;
  /** What of it travels, below its root; undefined: all but `own`. */
  readonly only: readonly string[] | undefined;
  /** What stays each environment's own, below its root. */
  readonly own: readonly string[];
}

/** Neo4j's own database `system` holds its users: it stays. The team's graph is the one of this name. */
const graph = "neo4j";

/** What is known of volumes; of all others everything travels. Those that only hold logs do not. */
const known: Readonly<Record<string, Pick<CarriedVolume, "only" | "own">>> = {
  "neo4j-data": { only: [`databases/${graph}`, `transactions/${graph}`], own: [] },
  // The key of stored credentials; the one that sessions are signed with, where none is set.
  "n8n-data": { only: undefined, own: ["config", "crash.journal"] },
  "open-webui-data": { only: undefined, own: [".webui_secret_key"] },
  "letta-data": { only: undefined, own: ["config", "credentials"] },
};

/** Volumes that hold a database, and so always travel. */
const databases = new Set(["neo4j-data"]);
const logs = new Set(["neo4j-logs"]);

/** Which volumes travel, and what of each. Pure. */
export function carriedVolumes(
  volumes: readonly { readonly name: string; readonly volume: string }[],
  includeAll: boolean,
): CarriedVolume[] {
  return volumes
    .filter(({ name }) => databases.has(name) || (includeAll && !logs.has(name)))
    .map(({ name, volume }) => ({
      ...{ name, volume, path: `/volumes/${name}` },
      ...(known[name] ?? { only: undefined, own: [] }),
    }));
}
