import type { Summary } from "../file/folder.ts";

/** `same` as its newest applied migration, `changed` or `deleted` here since, or with no migration at all. */
export type State = "same" | "changed" | "deleted" | "untracked";

export interface WorkflowState {
  readonly id: string;
  readonly name: string;
  readonly state: State;
  /** The newest migration of it that is applied here; null without one. */
  readonly migration: string | null;
  /** Whether it runs; false for a deleted one. */
  readonly live: boolean;
}

/**
 * How an environment's workflows differ from what was applied of them. Pure.
 * @param applied migrations that are applied here, in their order
 * @param here its workflows, by id
 */
export function driftOf(
  applied: readonly Summary[],
  here: ReadonlyMap<string, { readonly name: string; readonly hash: string; readonly live: boolean }>,
): WorkflowState[] {
  const newest = new Map(applied.map((summary) => [summary.workflowId, summary]));
  const present = [...here].map(([id, { name, hash, live }]): WorkflowState => {
    const summary = newest.get(id);
    const state = !summary ? "untracked" : summary.hash === hash ? "same" : "changed";
    return { id, name, state, migration: summary?.name ?? null, live };
  });
  const deleted = [...newest.values()]
    .filter(({ workflowId }) => !here.has(workflowId))
    .map(({ workflowId, workflow, name }): WorkflowState => {
      return { id: workflowId, name: workflow, state: "deleted", migration: name, live: false };
    });
  return [...present, ...deleted].toSorted((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}
