import { statSync } from "node:fs";
import { bytesInWords, countInWords, secondsInWords } from "@understudy/core";
import { type Metadata, unpackedSize } from "../archive/metadata.ts";

export interface Summary {
  readonly file: string;
  readonly metadata: Metadata;
}

/** Who made an archive, when, from what, how large; for people. */
export function showArchive({ file, metadata }: Summary, warnings: readonly string[], now = new Date()): string {
  const { exportedBy, exportDate, environment, team, understudyVersion, dockerVersion, gitCommit, services } = metadata;
  const age = (now.getTime() - Date.parse(exportDate)) / 1_000;
  const tables = metadata.databases.flatMap((database) => database.tables);
  const rows = tables.reduce((sum, table) => sum + Number(table.rows), 0);
  const versions = Object.entries(services).map(([name, { version }]) => `${name} ${version ?? "?"}`);
  return [
    `${file} is whole: ${bytesInWords(statSync(file).size)}, ${bytesInWords(unpackedSize(metadata))} unpacked`,
    `  from      ${exportedBy}, environment ${environment} of team ${team}`,
    `  exported  ${exportDate}, ${secondsInWords(age)} ago${gitCommit ? `, at commit ${gitCommit.slice(0, 12)}` : ""}`,
    `  versions  Understudy ${understudyVersion}, Docker ${dockerVersion}, Postgres ${metadata.postgres}, ${versions.join(", ")}`,
    `  holds     ${metadata.databases.length} databases with ${countInWords(rows)} rows in ${tables.length} tables, ${metadata.workflows.length} workflows, ${metadata.credentials} credentials, ${metadata.volumes.length} volumes`,
    ...warnings.map((warning) => `warning: ${warning}`),
  ].join("\n");
}

/** What will happen; for the person who is asked. */
export function showPlan(steps: readonly string[], environment: string): string {
  return [`This will happen to ${environment}:`, ...steps.map((step, index) => `  ${index + 1}. ${step}`)].join("\n");
}
