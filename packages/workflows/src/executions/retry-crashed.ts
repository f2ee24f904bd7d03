import { messageOf, openLog, UserError } from "@understudy/core";
import { chooseTarget, type EnvironmentChoice, mutate, toolboxOn } from "@understudy/environment";
import type { N8n } from "@understudy/n8n";
import { type N8nSide, openN8n } from "../database/open.ts";
import { type Crashed, readCrashed, readRetry } from "./crashed.ts";

export interface RetryRequest extends EnvironmentChoice {
  /** How far back is looked. */
  readonly hours: number;
  readonly dryRun: boolean;
  readonly wait: boolean;
  readonly say: (line: string) => void;
}

/** An execution that crashed, and what became of trying it again. */
export interface Retried extends Crashed {
  /** `left`: nothing was tried. `begun`: it still runs. `refused`: n8n has not what it would need, see `reason`. */
  readonly result: "left" | "begun" | "succeeded" | "failed" | "refused";
  /** The new execution; null where none was begun. */
  readonly retry: string | null;
  readonly reason: string | null;
}

/** What `n8n:retry-crashed --json` says; documented in docs/cli-json.md. */
export interface RetryReport {
  readonly environment: string;
  readonly executions: readonly Retried[];
}

/** Have n8n try again what crashed and was not tried again since. @throws UserError */
export async function retryCrashed(request: RetryRequest): Promise<RetryReport> {
  const target = chooseTarget(request);
  const { installation, environment } = target;
  await using side = await openN8n(target, { readOnly: true });
  const crashed = await readCrashed(side.tables, request.hours);
  if (request.dryRun || crashed.length === 0) {
    const executions = crashed.map((one): Retried => ({ ...one, result: "left", retry: null, reason: null }));
    return { environment: environment.name, executions };
  }
  const log = openLog(installation, environment.name, "executions");
  const mutation = {
    ...{ verb: "n8n:retry-crashed", wait: request.wait, log, say: request.say, onlyReads: true },
    toolbox: await toolboxOn(side.engine),
  };
  return await mutate(target, side.engine, mutation, async ({ journal }) => {
    journal.step("retry", { executions: crashed.map(({ id }) => id) });
    const api = await side.api();
    const executions: Retried[] = [];
    // One after the other: n8n has its usual work beside them.
    for (const one of crashed) executions.push(await retry(side, api, one, request.say));
    return { environment: environment.name, executions };
  });
}

async function retry({ tables }: N8nSide, api: N8n, one: Crashed, say: (line: string) => void): Promise<Retried> {
  // n8n answers when it has ended, whichever way, or too late: what it has written down tells more than its answer.
  const answer = await api.retryExecution(one.id).catch((error) => {
    if (!(error instanceof UserError)) throw error;
    return error;
  });
  const begun = await readRetry(tables, one.id);
  const result = begun === undefined ? "refused" : (ends[begun.status] ?? "begun");
  const reason = begun === undefined ? messageOf(answer) : null;
  say(`  execution ${one.id} of "${one.workflow}": ${result}${begun ? ` as ${begun.id}` : `, ${reason}`}`);
  return { ...one, result, retry: begun?.id ?? null, reason };
}

const ends: Readonly<Record<string, Retried["result"]>> = {
  success: "succeeded",
  error: "failed",
  crashed: "failed",
  canceled: "failed",
};
