import { aCommit, aReceipt, aRelease, aSha } from "../receipt/testing.ts";
import type { Manifest } from "./manifest.ts";

/** Of a point that has everything. */
export function aManifest(changes: Partial<Manifest> = {}): Manifest {
  return {
    version: 1,
    tag: "rollback-20261121-130405",
    environment: "production",
    release: aRelease,
    commit: aCommit,
    receipt: aSha,
    images: aReceipt().images,
    backup: { id: "backup-20261121-130000", checksums: { "postgres:n8n": aSha, "volume:n8n_data": aSha } },
    databases: { postgres: "17.2", neo4j: "5.26.0" },
    files: { "release.json": aSha, "deployed/docker-compose.yml": aSha },
    by: "ada: # the 'first'\nof her name",
    at: "2026-11-21T13:04:05.000Z",
    ...changes,
  };
}
