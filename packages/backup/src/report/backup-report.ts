import type { Proof } from "../proof/proof.ts";
import type { Taken } from "../take/take-backup.ts";

/** What `backup --json` says; documented in docs/backup.md. Sizes in bytes. */
export interface BackupReport {
  readonly id: string;
  readonly environment: string;
  /** ISO 8601: the moment that all of it is of. */
  readonly at: string;
  /** It was restored beside what runs, found equal, and every service started on it. */
  readonly verified: boolean;
  /** How long writers stood still, ms. */
  readonly heldMs: number;
  /** As it was read; and what the repository grew by. */
  readonly bytes: number;
  readonly added: number;
  readonly databases: readonly { readonly name: string; readonly rows: number; readonly bytes: number }[];
  readonly volumes: readonly string[];
  /** As `server_version_num`. */
  readonly postgres: number;
  /** SHA-256 by artifact: names of databases, and of what else there is. */
  readonly checksums: Readonly<Record<string, string>>;
  readonly seconds: number;
  readonly proof: Proof | null;
}

/** @param elapsed ms */
export function backupReport({ manifest, added }: Taken, proof: Proof | undefined, elapsed: number): BackupReport {
  const databases = manifest.databases.map(({ name, artifact, tables }) => ({
    name,
    rows: tables.reduce((sum, { rows }) => sum + Number(rows), 0),
    bytes: artifact.bytes,
  }));
  const { id, environment, at, heldMs, volumes, files, roles, environmentFiles } = manifest;
  return {
    ...{ id, environment, at, heldMs, databases, volumes, added },
    verified: proof?.result === "succeeded",
    bytes: [...databases, roles, environmentFiles, ...(files ? [files] : [])].reduce(
      (sum, { bytes }) => sum + bytes,
      0,
    ),
    postgres: manifest.postgres,
    checksums: checksumsOf(manifest),
    seconds: Math.round(elapsed / 100) / 10,
    proof: proof ?? null,
  };
}

function checksumsOf({ databases, roles, files, environmentFiles }: Taken["manifest"]): Record<string, string> {
  return Object.fromEntries([
    ...databases.map(({ name, artifact }) => [`database ${name}`, artifact.snapshot]),
    ["roles", roles.snapshot],
    ...(files ? [["files", files.snapshot]] : []),
    ["environment", environmentFiles.snapshot],
  ]);
}
