import { setTimeout as sleep } from "node:timers/promises";
import { messageOf } from "@understudy/core";
import type { Observation } from "../../checks/check.ts";
import { type Condition, judge } from "../../checks/conditions/judge.ts";
import { meets } from "../../checks/conditions/matcher.ts";
import { define } from "../../checks/registry.ts";
import type { CaughtCall } from "../catcher/catcher.ts";
import type { Expectation } from "../definitions/definition.ts";
import type { Ground } from "../ground.ts";
import { failed, type Outcome } from "../report.ts";
import { contents } from "./answer.ts";

type ExpectedCall = Expectation["calls"][number];

/** ms between two looks. */
const pace = 150;

/**
 * Whether a workflow left the traces that were expected: calls to the catcher, rows in Postgres, nodes in Neo4j. They may
 * take until `deadline`, ms of `performance.now()`. Undefined when they are all there.
 */
export async function tracesOutcome(
  ground: Ground,
  { calls, postgres, neo4j }: Expectation,
  nonce: string,
  deadline: number,
  signal: AbortSignal,
): Promise<Outcome | undefined> {
  const queries = [
    ...postgres.map(({ rows, value, ...query }) =>
      define({ type: "postgres", name: "rows", ...query, expect: { rows, value } }),
    ),
    ...neo4j.map(({ rows, value, ...query }) =>
      define({ type: "neo4j", name: "nodes", ...query, expect: { rows, value } }),
    ),
  ];
  const looks = [
    ...calls.map((call) => async () => observe(call, ground.catcher.calls(nonce))),
    ...queries.map((query) => () => query.look(ground, signal)),
  ];
  for (const look of looks) {
    const outcome = failed(await until(look, deadline, signal));
    if (outcome) return outcome;
  }
  return undefined;
}

/** The last of the calls that were expected. */
export function lastExpected(calls: readonly ExpectedCall[], caught: readonly CaughtCall[]): CaughtCall | undefined {
  return caught.findLast((one) => calls.some((call) => fits(call, one)));
}

function observe(call: ExpectedCall, caught: readonly CaughtCall[]): Observation {
  if (caught.some((one) => fits(call, one))) return { ok: true, seen: "" };
  const [only, second] = caught;
  if (only && !second) return judge(conditionsOf(call, only), "");
  const { expected = "a call" } = judge(conditionsOf(call, undefined), "");
  const seen = caught.map(({ method, url }) => `${method} ${url}`).join(", ");
  return {
    ok: false,
    seen: seen ? `these calls: ${seen}` : "no call to the catcher",
    expected: `a call with ${expected}`,
  };
}

function fits(call: ExpectedCall, caught: CaughtCall): boolean {
  return conditionsOf(call, caught).every(({ matcher, value }) => !matcher || meets(matcher, value));
}

function conditionsOf({ url, method, headers, body, text }: ExpectedCall, caught: CaughtCall | undefined): Condition[] {
  return [
    { what: "method", value: caught?.method, matcher: method },
    { what: "url", value: caught?.url, matcher: url },
    ...contents({ headers, body }, caught?.headers ?? {}, caught?.body ?? "null"),
    { what: "text", value: caught?.body, matcher: text },
  ];
}

async function until(look: () => Promise<Observation>, deadline: number, signal: AbortSignal): Promise<Observation> {
  for (;;) {
    const observed = await look().catch(
      (error): Observation => ({ ok: false, seen: messageOf(error), expected: "an answer" }),
    );
    if (observed.ok || performance.now() > deadline || signal.aborted) return observed;
    await sleep(pace, undefined, { signal }).catch(() => {});
  }
}
