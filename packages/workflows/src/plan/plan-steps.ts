import type { Migration } from "../file/migration.ts";

/** A workflow as a target has it. */
export interface Present {
  readonly hash: string;
  readonly live: boolean;
}

/**
 * `create`, `update`: to be done. `none`: the target has it already. `keep`: the target's own stays, and the migration counts as done.
 * `conflict`: a person has to say whose counts. `wait`: for a conflict of the same workflow before it.
 */
export type Action = "create" | "update" | "none" | "keep" | "conflict" | "wait";

/** `changed`: the target's was edited since. `exists`: it had one already. `deleted`: it was removed there. `live`: it may not be archived while it runs. */
export type ConflictKind = "changed" | "exists" | "deleted" | "live";

export interface Step {
  readonly migration: Migration;
  readonly action: Action;
  readonly conflict?: ConflictKind;
  /** It is written over what the target has, as a person decided. */
  readonly forced?: boolean;
}

export interface StepOptions {
  /** Of the target, as understudy.yml names it. */
  readonly environment: string;
  /** Whose counts in a conflict: the migration's (`theirs`), the target's (`ours`), or nobody's yet. */
  readonly resolve: "theirs" | "ours" | "stop";
  /** Ids of workflows that migrations were applied for here before. */
  readonly known: ReadonlySet<string>;
}

/**
 * What each pending migration does to what the target has. A workflow is only written over where it is what the migration was made
 * from, whatever the clocks say. Pure.
 * @param present by workflow id
 */
export function planSteps(
  pending: readonly Migration[],
  present: ReadonlyMap<string, Present>,
  options: StepOptions,
): Step[] {
  const state = new Map(present);
  const known = new Set(options.known);
  const stopped = new Set<string>();
  return pending.map((migration) => {
    const { workflowId, hash } = migration;
    if (stopped.has(workflowId)) return { migration, action: "wait" };
    const here = state.get(workflowId);
    const step = decide(migration, here, { ...options, known });
    if (step.action === "conflict") stopped.add(workflowId);
    if (step.action === "create" || step.action === "update") {
      state.set(workflowId, { hash, live: here?.live ?? false });
    }
    known.add(workflowId);
    return step;
  });
}

function decide(migration: Migration, here: Present | undefined, options: StepOptions): Step {
  const { workflowId, hash, basedOn, content } = migration;
  if (here?.hash === hash) return { migration, action: "none" };
  if (!here) {
    return options.known.has(workflowId)
      ? resolved(migration, "deleted", "create", options)
      : { migration, action: "create" };
  }
  // n8n would run what nobody sees any more.
  if (content.isArchived && here.live) return { migration, action: "conflict", conflict: "live" };
  if (here.hash === basedOn) return { migration, action: "update" };
  return resolved(migration, basedOn === undefined ? "exists" : "changed", "update", options);
}

function resolved(
  migration: Migration,
  conflict: ConflictKind,
  action: "create" | "update",
  { environment, resolve }: StepOptions,
): Step {
  if (resolve === "theirs") return { migration, action, conflict, forced: true };
  // What was taken from here is here, and newer. Only productions have a name of their own: each developer has a staging.
  const isFromHere = migration.source === "prod" && migration.environment === environment;
  if (resolve === "ours" || isFromHere) return { migration, action: "keep", conflict };
  return { migration, action: "conflict", conflict };
}
