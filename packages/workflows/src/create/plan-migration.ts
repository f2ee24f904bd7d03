import type { Content } from "../content/content.ts";
import { contentHash } from "../content/hash.ts";
import type { StoredWorkflow } from "../content/stored.ts";
import type { Summary } from "../file/folder.ts";
import { isLarge, type Migration } from "../file/migration.ts";
import { fileName } from "../file/name.ts";
import type { WorkflowSource } from "../source/source.ts";

/** What a migration is made of. */
export interface Making {
  readonly stored: StoredWorkflow;
  readonly content: Content;
  /** Migrations of the same workflow, in their order. */
  readonly earlier: readonly Summary[];
  readonly from: Pick<WorkflowSource, "environment" | "source" | "n8nVersion">;
  /** Whether the environment that it comes from has a migration. */
  readonly has: (migration: Summary) => boolean;
  /** Whether it is to be live wherever it may be. */
  readonly publish: boolean;
  readonly notes: string | undefined;
  readonly timestamp: string;
  /** Names of files that there are. */
  readonly taken: ReadonlySet<string>;
}

/** `unchanged`: the newest migration, or what the environment has of them, is the very same. `behind`: it lacks a newer one. */
export type Planned =
  | { readonly kind: "new"; readonly migration: Migration }
  | { readonly kind: "unchanged"; readonly name: string }
  | { readonly kind: "behind"; readonly name: string };

/** The migration that brings a workflow as it is to those who have what it was made from. Pure. */
export function planMigration(making: Making): Planned {
  const { stored, content, earlier, from, has, taken } = making;
  const hash = contentHash(content);
  const newest = earlier.at(-1);
  const base = earlier.findLast(has);
  const same = [newest, base].find((summary) => summary?.hash === hash);
  if (same) return { kind: "unchanged", name: same.name };
  const fromProduction = from.source === "prod";
  // Production may go on while a migration waits for it; whoever edits a workflow here has to have it first.
  if (newest && newest !== base && !fromProduction) return { kind: "behind", name: newest.name };
  return {
    kind: "new",
    migration: {
      name: fileName({ timestamp: making.timestamp, title: content.name, fromProduction }, taken),
      ...{ source: from.source, environment: from.environment, n8nVersion: from.n8nVersion },
      workflowId: stored.id,
      lastUpdated: new Date(Math.floor(stored.updatedAt.getTime() / 1_000) * 1_000),
      basedOn: base?.hash,
      hash,
      publish: making.publish && !content.isArchived,
      project: stored.teamProject ?? undefined,
      notes: making.notes,
      content,
      isLarge: isLarge(content),
    },
  };
}
