import type { Content } from "./content.ts";

/** Nodes that call another workflow by the id in their parameter `workflowId`. */
const callers: ReadonlySet<string> = new Set([
  "n8n-nodes-base.executeWorkflow",
  "@n8n/n8n-nodes-langchain.toolWorkflow",
  "@n8n/n8n-nodes-langchain.retrieverWorkflow",
]);

/** Ids of the workflows that a workflow calls, or that are told of its errors; computed ones are not known. */
export function callsOf({ nodes, settings }: Pick<Content, "nodes" | "settings">): string[] {
  const called = nodes
    .filter(({ type, disabled }) => callers.has(type) && !disabled)
    .map(({ parameters }) => workflowIdIn(parameters.workflowId));
  const ids = [...called, settings.errorWorkflow].filter((id) => id !== undefined && id !== "" && id !== "DEFAULT");
  return [...new Set(ids)].filter((id) => !id?.startsWith("=")) as string[];
}

/** Text, or a resource locator. One that is chosen by address has no id of ours in it. */
function workflowIdIn(parameter: unknown): string | undefined {
  if (typeof parameter === "string") return parameter;
  const { mode, value } = (parameter ?? {}) as { mode?: unknown; value?: unknown };
  return typeof value === "string" && mode !== "url" ? value : undefined;
}

/**
 * The same ids, callees before their callers. Those that call each other stay in the order given.
 * @param callsOf ids that a workflow calls; others than the given ones do not matter
 */
export function calleesFirst(ids: readonly string[], callsOf: (id: string) => readonly string[]): string[] {
  const wanted = new Set(ids);
  const ordered = new Set<string>();
  const begun = new Set<string>();
  const stack = ids.toReversed().map((id) => ({ id, done: false }));
  for (let next = stack.pop(); next; next = stack.pop()) {
    const { id, done } = next;
    if (done) ordered.add(id);
    if (done || begun.has(id)) continue;
    begun.add(id);
    const calls = callsOf(id).filter((called) => wanted.has(called) && !begun.has(called));
    stack.push({ id, done: true }, ...calls.toReversed().map((called) => ({ id: called, done: false })));
  }
  return [...ordered];
}
