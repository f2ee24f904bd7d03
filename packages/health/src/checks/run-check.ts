import { messageOf, secrets, UserError } from "@understudy/core";
import pLimit from "p-limit";
import type { Check, CheckContext, CheckResult, CheckStatus, Observation, Severity } from "./check.ts";
import { obstacleTo } from "./obstacle.ts";
import { crossed, describeThresholds } from "./thresholds.ts";

/** How long a look that was cut off may take to say why itself, ms. */
const lastWords = 100;

const fallback = "it works";

/** Why a look that is over is aborted. Made once: an abort without a reason makes an exception with its stack each time. */
const over = new Error("the look is over");

/** Look once. Never throws, and never takes longer than the deadline, in ms; secrets are redacted. */
export async function runCheck(check: Check, context: CheckContext, deadline = check.timeout): Promise<CheckResult> {
  const { name, service } = check;
  const began = performance.now();
  const observation = await observe(check, context, deadline);
  const ms = Math.round(performance.now() - began);
  const { seen, next, figures, lines } = observation;
  const { status, expected } = judge(check, observation);
  const words = secrets.redactData({ seen, expected, ...(next && status !== "healthy" ? { next } : {}), lines });
  return { name, service, status, ms, ...words, ...(figures ? { figures } : {}) };
}

/** Look at all that apply, some at a time; results are in the order of the checks. */
export async function runChecks(
  checks: readonly Check[],
  context: CheckContext,
  concurrency: number,
): Promise<CheckResult[]> {
  const limit = pLimit(concurrency);
  return await Promise.all(checks.map((check) => limit(() => runCheck(check, context))));
}

async function observe(check: Check, context: CheckContext, deadline: number): Promise<Observation> {
  const abort = new AbortController();
  const { promise: late, resolve: cutOff } = Promise.withResolvers<Observation>();
  const tooLate = `no answer within ${deadline / 1_000} s`;
  const timers = [
    setTimeout(() => abort.abort(new UserError(tooLate)), deadline),
    setTimeout(() => cutOff({ ok: false, seen: tooLate }), deadline + lastWords),
  ];
  try {
    const obstacle = obstacleTo(check, context);
    return obstacle ?? (await Promise.race([check.look(context, abort.signal), late]));
  } catch (thrown) {
    const error = abort.signal.aborted && !(thrown instanceof UserError) ? abort.signal.reason : thrown;
    return { ok: false, seen: messageOf(error), next: error instanceof UserError ? error.next : undefined };
  } finally {
    timers.forEach(clearTimeout);
    abort.abort(over);
  }
}

function judge({ severity: own, thresholds, expected: asWished }: Check, observation: Observation) {
  const { ok, severity = own, measured, expected = asWished } = observation;
  const limits = thresholds && describeThresholds(thresholds);
  if (!ok) return { status: statusOf(severity), expected: expected ?? limits ?? fallback };
  const beyond = thresholds && measured !== undefined ? crossed(thresholds, measured) : undefined;
  return { status: statusOf(beyond), expected: (beyond && limits) ?? expected ?? limits ?? fallback };
}

function statusOf(failure: Severity | undefined): CheckStatus {
  if (!failure) return "healthy";
  return failure === "critical" ? "unhealthy" : "degraded";
}
