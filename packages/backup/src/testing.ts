import type { BackedUpDatabase, Manifest } from "./manifest/manifest.ts";
import type { Snapshot } from "./repository/repository.ts";

const snapshot = "a".repeat(64);

/** Of a backup with a database, two volumes and a graph. */
export function aManifest(changes: Partial<Manifest> = {}): Manifest {
  return {
    version: 1,
    id: "backup-20261121-020000",
    environment: "production",
    at: "2026-11-21T02:00:03.000Z",
    release: { id: "r-0123456789ab", commit: null },
    images: { postgres: "sha256:1" },
    postgres: 170_002,
    heldMs: 240,
    databases: [aDatabase()],
    roles: { snapshot, bytes: 100 },
    files: { snapshot, bytes: 2_000 },
    volumes: ["n8n-data", "neo4j-data"],
    graph: { nodes: [3, 3], relationships: [1, 1] },
    environmentFiles: { snapshot, bytes: 900 },
    ...changes,
  };
}

/** With one table of two rows. */
export function aDatabase(changes: Partial<BackedUpDatabase> = {}): BackedUpDatabase {
  return {
    name: "app",
    artifact: { snapshot, bytes: 1_000 },
    properties: {
      ...{ owner: "app", encoding: "UTF8", provider: "c", collate: "C", ctype: "C", locale: null, limit: -1 },
      ...{ grants: [], settings: [] },
    },
    tables: [{ id: "public.customers", rows: "2", together: "77", columns: ["5", "-9"] }],
    structure: { "public.customers: indexes": 1 },
    sequences: [],
    largeObjects: { count: 1, bytes: 5 },
    ...changes,
  };
}

/** Of restic, with tags. */
export function aSnapshot(id: string, tags: readonly string[], bytes = 10): Snapshot {
  return { id, tags, paths: [], time: new Date("2026-11-21T02:00:05Z"), bytes };
}
