import { setTimeout as sleep } from "node:timers/promises";
import { type Execution, nodeRuns } from "@understudy/n8n";
import type { Ground } from "./ground.ts";
import type { Subject } from "./subject/subject.ts";

/** By this header, which a webhook gives on, an execution is known as that of a test's call. */
export const testHeader = "x-understudy-test";

/** ms between two looks. */
const pace = 150;

const unfinished = ["new", "running", "waiting"];

/** Executions of a workflow looked at, newest first: others may call a live one meanwhile. */
const window = 50;

/** The newest execution of a workflow before a test calls it. */
export async function newestExecution({ n8n }: Ground, workflowId: string): Promise<number> {
  for await (const { id } of n8n.executions({ workflowId, limit: 1 })) return Number(id);
  return 0;
}

/**
 * Wait until the execution that a call began has ended.
 * @param after executions up to this one are older than the call
 * @param accept a status that counts as an end too, e.g. `waiting`
 * @returns it with its data, or undefined when `signal` says stop first
 */
export async function findExecution(
  { n8n }: Ground,
  subject: Pick<Subject, "id" | "temporary">,
  nonce: string,
  after: number,
  accept: (status: string) => boolean,
  signal: AbortSignal,
): Promise<Execution | undefined> {
  const others = new Set<string>();
  while (!signal.aborted) {
    let seen = 0;
    for await (const { id, status } of n8n.executions({ workflowId: subject.id, limit: window })) {
      if (Number(id) <= after || ++seen > window) break;
      if (others.has(id) || (unfinished.includes(status) && !accept(status))) continue;
      const execution = await n8n.execution(id);
      if (execution && (subject.temporary || nonceOf(execution) === nonce)) return execution;
      others.add(id);
    }
    await sleep(pace, undefined, { signal }).catch(() => {});
  }
  return undefined;
}

function nonceOf(execution: Execution): unknown {
  const given = nodeRuns(execution)[0]?.data?.main?.[0]?.[0]?.json as { headers?: Record<string, unknown> } | undefined;
  return given?.headers?.[testHeader];
}
