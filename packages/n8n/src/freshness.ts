import type { N8n } from "./client.ts";
import { type Execution, failureOf } from "./execution.ts";
import { expectedBy } from "./expected-by.ts";
import { rulesOf, UnreadableSchedule } from "./schedule.ts";
import { liveGraph, temporaryPrefix, type Workflow } from "./workflow.ts";

/** Whether a workflow still does on its own what it should. Times are ms since the epoch. */
export interface Freshness {
  readonly workflow: { readonly id: string; readonly name: string };
  readonly verdict: "fresh" | "stale" | "not applicable";
  /** One sentence: what was seen, or why it does not apply. */
  readonly because: string;
  readonly lastSuccess?: number;
  /** It should have run since then. */
  readonly expectedSince?: number;
  /** Of a stale one: its last run, when that failed. */
  readonly lastFailure?: { readonly execution: string; readonly node: string | undefined; readonly error: string };
}

export interface FreshnessOptions {
  /** ms since the epoch. */
  readonly now: number;
  /** ms within which a workflow, by name or id, must have succeeded, whatever starts it; in place of its own schedule. */
  readonly periods?: Readonly<Record<string, number>>;
  /** ms that a run may take before it is missed. Default: five minutes. */
  readonly grace?: number;
}

/** Runs that somebody started by hand prove nothing. */
const byHand = ["manual", "evaluation", "cli", "internal"];

/** Runs that the clock started, and repetitions of such. */
const byClock = ["trigger", "retry"];

/** Workflows looked at together. */
const together = 8;

/**
 * For each workflow: its last successful run of its own accord, against its own schedule or a given period. One that fails
 * every time, or silently does not run, is stale. @throws UserError when n8n does not answer.
 */
export async function freshness(n8n: N8n, options: FreshnessOptions): Promise<Freshness[]> {
  const workflows = (await n8n.workflows()).filter(({ name }) => !name.startsWith(temporaryPrefix));
  const found: Freshness[] = [];
  for (let first = 0; first < workflows.length; first += together) {
    const some = workflows.slice(first, first + together);
    found.push(...(await Promise.all(some.map((workflow) => judge(n8n, workflow, options)))));
  }
  return found.sort((a, b) => a.workflow.name.localeCompare(b.workflow.name));
}

/** What a workflow is measured by. */
interface Measure {
  readonly since: number;
  readonly counts: (execution: Execution) => boolean;
}

async function judge(n8n: N8n, workflow: Workflow, options: FreshnessOptions): Promise<Freshness> {
  const named = { workflow: { id: workflow.id, name: workflow.name } };
  const inapplicable = (because: string): Freshness => ({ ...named, verdict: "not applicable", because });
  if (!workflow.active) return inapplicable("inactive");
  const measure = measureOf(n8n, workflow, options);
  if (typeof measure === "string") return inapplicable(measure);
  const { since, counts } = measure;
  if (!keepsSuccesses(n8n, workflow)) return inapplicable("its settings keep no successful executions");
  const last = await first(n8n.executions({ workflowId: workflow.id, status: "success" }), counts);
  const known = { ...named, expectedSince: since, ...(last ? { lastSuccess: startOf(last) } : {}) };
  if (last && startOf(last) >= since) return { ...known, verdict: "fresh", because: `succeeded ${at(startOf(last))}` };
  const changed = await liveSince(n8n, workflow);
  if (changed > since) return inapplicable(`switched on or changed ${at(changed)}, and not due again since`);
  const runs = await running(n8n, workflow.id, since, counts);
  if (runs) return { ...known, verdict: "fresh", because: `has been running since ${at(startOf(runs))}` };
  const lastFailure = await failure(n8n, workflow.id, since, counts);
  if (!lastFailure && (await mayBePruned(n8n, since, options.now))) {
    return inapplicable(`due ${at(since)}, and n8n no longer keeps executions of that time`);
  }
  const because = last ? `last succeeded ${at(startOf(last))}` : "has not succeeded in the executions that n8n keeps";
  return { ...known, verdict: "stale", because, ...(lastFailure ? { lastFailure } : {}) };
}

/** Or in words, why there is none. */
function measureOf({ instance }: N8n, workflow: Workflow, options: FreshnessOptions): Measure | string {
  const { now, periods = {}, grace = 300_000 } = options;
  const period = periods[workflow.id] ?? periods[workflow.name];
  if (period !== undefined) return { since: now - period, counts: ({ mode }) => !byHand.includes(mode) };
  const ownZone = workflow.settings?.timezone;
  const timezone = !ownZone || ownZone === "DEFAULT" ? instance.timezone : ownZone;
  try {
    const rules = rulesOf(liveGraph(workflow).nodes);
    if (!rules.length) return "has no schedule, and no period is given for it";
    const since = expectedBy({ rules, timezone }, now - grace);
    return since === undefined ? "not due yet" : { since, counts: ({ mode }) => byClock.includes(mode) };
  } catch (error) {
    if (error instanceof UnreadableSchedule) return `its schedule cannot be read (${error.message}); give it a period`;
    throw error;
  }
}

function keepsSuccesses({ instance }: N8n, { settings }: Workflow): boolean {
  const own = settings?.saveDataSuccessExecution;
  return own && own !== "DEFAULT" ? own !== "none" : instance.keepsSuccesses;
}

/** When what is live now was switched on. */
async function liveSince(n8n: N8n, { id }: Workflow): Promise<number> {
  const { activeVersion, updatedAt } = await n8n.workflow(id);
  const events = activeVersion?.workflowPublishHistory?.filter(({ event }) => event === "activated") ?? [];
  const times = [activeVersion?.createdAt ?? updatedAt, ...events.map(({ createdAt }) => createdAt)];
  return Math.max(...times.map((time) => Date.parse(time)));
}

async function running(
  n8n: N8n,
  workflowId: string,
  since: number,
  counts: Measure["counts"],
): Promise<Execution | undefined> {
  for (const status of ["running", "waiting"]) {
    const found = await first(n8n.executions({ workflowId, status, startedAfter: since }), counts);
    if (found) return found;
  }
  return undefined;
}

/** The last run since then, if it failed. */
async function failure(
  n8n: N8n,
  workflowId: string,
  since: number,
  counts: Measure["counts"],
): Promise<Freshness["lastFailure"]> {
  const last = await first(n8n.executions({ workflowId, startedAfter: since }), counts);
  if (!last) return undefined;
  const execution = await n8n.execution(last.id);
  const { node, error } = (execution && failureOf(execution)) ?? { node: undefined, error: last.status };
  return { execution: last.id, node, error };
}

/** Whether n8n may have removed a run of since then: for its age, or for the number of newer ones. */
async function mayBePruned(n8n: N8n, since: number, now: number): Promise<boolean> {
  const { keepsFor, keepsAtMost } = n8n.instance;
  if (since < now - keepsFor) return true;
  const [newest, before] = await Promise.all([
    first(n8n.executions({ limit: 1 }), () => true),
    first(n8n.executions({ limit: 1, startedBefore: since }), () => true),
  ]);
  return Number(before?.id ?? 0) < Number(newest?.id ?? 0) - keepsAtMost;
}

async function first(
  executions: AsyncGenerator<Execution>,
  wanted: (execution: Execution) => boolean,
): Promise<Execution | undefined> {
  for await (const execution of executions) if (wanted(execution)) return execution;
  return undefined;
}

function startOf({ startedAt }: Execution): number {
  return startedAt ? Date.parse(startedAt) : 0;
}

/** For people: to the minute, in UTC. */
function at(time: number): string {
  return `${new Date(time).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}
