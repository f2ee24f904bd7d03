import { setTimeout as sleep } from "node:timers/promises";
import type { Execution } from "@understudy/n8n";
import { meets } from "../checks/conditions/matcher.ts";
import { fill } from "../checks/definitions/fill.ts";
import type { WebhookAnswer } from "./catcher/catcher.ts";
import type { Call, Expectation } from "./definitions/definition.ts";
import type { ReadTest } from "./definitions/read-tests.ts";
import { executionOutcome, responseOutcome } from "./expect/answer.ts";
import { lastExpected, tracesOutcome } from "./expect/traces.ts";
import { findExecution, newestExecution, testHeader } from "./find-execution.ts";
import type { Ground } from "./ground.ts";
import { hopsOf } from "./hops.ts";
import type { Outcome } from "./report.ts";
import { makeSubject, type Subject } from "./subject/subject.ts";
import { temporaryTable } from "./subject/temporary.ts";
import { Undo } from "./subject/undo.ts";

/** ms until n8n answers at the webhook of a workflow that was just activated. */
const registration = 15_000;

/** ms after the end of the execution in which calls and rows still count. */
const afterwards = 1_500;

/** With these, n8n refused the call: no execution will come of it. */
const refusals = [401, 403, 404, 405];

/** Call a workflow, wait until its execution has ended, and look at everything that was expected of it. */
export async function runWorkflow(
  ground: Ground,
  written: ReadTest & { readonly call: Call },
  nonce: string,
  signal: AbortSignal,
): Promise<Outcome> {
  const { catcher, log } = ground;
  const own: Record<string, string> = { nonce, catcher: catcher.address(nonce), table: temporaryTable(nonce) };
  const test = fill(written, (name) => own[name]);
  const { expect } = test;
  await using undo = new Undo(ground);
  catcher.prepare(nonce, test.answers);
  const subject = await makeSubject(ground, test, test.call, nonce, undo);
  const after = subject.temporary ? 0 : await newestExecution(ground, subject.id);
  const answer = await callWebhook(ground, subject, nonce, test.timeout, signal);
  const unlike = responseOutcome(expect.response, answer);
  if (unlike && refusals.includes(answer.status)) return { ...unlike, error: answer.text.slice(0, 300) };
  const accept = (status: string) => meets(expect.execution.status, status);
  const execution = await findExecution(ground, subject, nonce, after, accept, signal);
  if (!execution) return notEnded(subject, test.timeout, answer);
  const outcome =
    executionOutcome(expect.execution, execution) ??
    unlike ??
    (await tracesOutcome(ground, expect, nonce, performance.now() + afterwards, signal)) ??
    withinOutcome(expect, answer, execution);
  const callback = lastExpected(expect.calls, catcher.calls(nonce))?.at;
  const hops = hopsOf(test.hops, answer.at, execution, callback);
  log.info({ test: test.name, workflow: subject.id, execution: execution.id, status: execution.status, hops }, "ran");
  if (!outcome) return { status: "passed", hops };
  if (ground.keep) subject.keep();
  const gone = subject.temporary && !ground.keep;
  const shown = gone ? subject.original && ground.link(subject.original) : ground.link(subject.id, execution.id);
  return { ...outcome, execution: shown, hops };
}

/** The webhook of a copy answers a moment after its activation. */
async function callWebhook(
  { catcher }: Ground,
  { request, temporary }: Subject,
  nonce: string,
  timeout: number,
  signal: AbortSignal,
): Promise<WebhookAnswer> {
  const call = { ...request, headers: { ...request.headers, [testHeader]: nonce }, timeout };
  const deadline = performance.now() + registration;
  for (;;) {
    const answer = await catcher.call(call, signal);
    const registered = answer.status !== 404 || !answer.text.includes("is not registered");
    if (registered || !temporary || signal.aborted || performance.now() > deadline) return answer;
    await sleep(100, undefined, { signal }).catch(() => {});
  }
}

function notEnded({ settings, temporary }: Subject, timeout: number, { status }: WebhookAnswer): Outcome {
  const keepsNone = !temporary && settings.saveDataSuccessExecution === "none";
  return {
    status: "failed",
    seen: `answer ${status}, but no execution of it has ended that n8n keeps`,
    expected: `an execution that ends within ${timeout / 1_000} s`,
    next: keepsNone
      ? "Its settings keep no successful executions: set them to, or deactivate it, then a copy is tested"
      : "Give it a longer timeout, or see in n8n where it waits",
  };
}

function withinOutcome({ within }: Expectation, { at }: WebhookAnswer, { stoppedAt }: Execution): Outcome | undefined {
  const took = stoppedAt ? Date.parse(stoppedAt) - at : 0;
  if (within === undefined || took <= within) return undefined;
  return { status: "failed", seen: `ended after ${took} ms`, expected: `within ${within} ms` };
}
