import { UserError } from "@understudy/core";
import type { Metadata } from "../archive/metadata.ts";
import { archivePaths } from "../archive/paths.ts";

export const importParts = ["database", "workflows"] as const;
export type ImportPart = (typeof importParts)[number];

/** What of an archive goes into an environment. */
export interface ImportPlan {
  readonly databases: Metadata["databases"];
  /** As the compose files name them. */
  readonly volumes: readonly string[];
  /** n8n's workflows alone: they go into a copy of its own database. */
  readonly workflowsOnly: boolean;
  /** Paths of the files that are read. */
  readonly wanted: ReadonlySet<string>;
}

/** Choose. Pure. @throws UserError for workflows of an archive that has none. */
export function planImport(metadata: Metadata, only: ImportPart | undefined): ImportPlan {
  const n8n = metadata.databases.filter(({ name }) => name === "n8n");
  if (only === "workflows" && !(n8n.length && metadata.workflows.length)) {
    throw new UserError("The archive has no workflows", { next: "Import it without --only workflows", exitCode: 2 });
  }
  const databases = only === "workflows" ? n8n : metadata.databases;
  const volumes = only === undefined ? metadata.volumes : [];
  return {
    databases,
    volumes,
    workflowsOnly: only === "workflows",
    wanted: new Set([
      ...databases.map(({ name }) => archivePaths.database(name)),
      ...volumes.map(archivePaths.volume),
      ...(only === "workflows" ? [] : [archivePaths.credentials]),
    ]),
  };
}

/** What will happen, for the person who is asked. */
export function describePlan({ databases, volumes, workflowsOnly }: ImportPlan, environment: string): string[] {
  if (workflowsOnly) {
    return [
      "copy n8n's database beside the live one, and put the archive's workflows into the copy",
      `stop ${environment}'s services, put the copy in place, start them`,
      "list the workflows in n8n, and prove every service healthy; otherwise what runs now runs again",
    ];
  }
  const what = [
    `databases ${databases.map(({ name }) => name).join(", ")}`,
    ...(volumes.length ? [`volumes ${volumes.join(", ")}`] : []),
  ];
  return [
    `restore ${what.join(" and ")} beside the live data, and compare them with the archive`,
    `stop ${environment}'s services, put the new data in place, start them`,
    "prove every service healthy; otherwise what runs now runs again",
    "keep what runs now for one more generation: pnpm team:undo",
  ];
}
