import type { ConflictKind } from "../plan/plan-steps.ts";

/** A workflow of which a person has to say whose edits count. */
export interface ConflictReport {
  readonly migration: string;
  readonly workflow: string;
  readonly workflowId: string;
  readonly kind: ConflictKind;
  /** What the migration would change of what is here, node by node; a line for each thing. */
  readonly diff: string;
}

/** What `n8n:migrate-up --json` says; documented in docs/workflows.md. */
export interface MigrateReport {
  /** Names of files, in the order in which they were applied; in a dry run, in which they would be. */
  readonly applied: readonly string[];
  /** How many are still to be applied afterwards. */
  readonly pending: number;
  readonly conflicts: readonly ConflictReport[];
  readonly environment: string;
  /** Files that count as applied and changed nothing: they were here already, or what is here was kept. */
  readonly unchanged: readonly string[];
  /** Names of workflows that run what their migrations brought. */
  readonly published: readonly string[];
  /** Whatever keeps something from being as it should, and what to do about it. */
  readonly problems: readonly { readonly message: string; readonly next: string }[];
}

/** Whether everything was done. */
export function isWhole({ conflicts, problems, pending }: MigrateReport): boolean {
  return conflicts.length + problems.length + pending === 0;
}
