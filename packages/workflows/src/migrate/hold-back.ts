import type { Step } from "../plan/plan-steps.ts";
import type { Lack } from "../plan/preflight.ts";

/**
 * Steps that can be taken though something is missing: without those whose workflow lacks something, and without those that follow them.
 * Pure.
 */
export function holdBack(steps: readonly Step[], lacks: readonly Lack[]): Step[] {
  const lacking = new Set(lacks.map(({ migration }) => migration));
  const held = new Set<string>();
  return steps.filter(({ migration, action }) => {
    if (lacking.has(migration.name) || action === "conflict" || action === "wait") held.add(migration.workflowId);
    return !held.has(migration.workflowId);
  });
}
