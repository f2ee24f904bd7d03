import { type Execution, failureOf, nodeRuns } from "@understudy/n8n";
import { valueAt } from "../../checks/conditions/json-path.ts";
import { type Condition, judge } from "../../checks/conditions/judge.ts";
import { describeMatcher, type Matcher, meets } from "../../checks/conditions/matcher.ts";
import type { WebhookAnswer } from "../catcher/catcher.ts";
import type { Expectation } from "../definitions/definition.ts";
import { failed, type Outcome } from "../report.ts";

const noError: Matcher = { below: 400 };

/** Whether a webhook answered as expected; undefined when it did. */
export function responseOutcome(response: Expectation["response"], answer: WebhookAnswer): Outcome | undefined {
  const { status = noError, headers = {}, body = {}, text, latency } = response ?? {};
  return failed(
    judge(
      [
        { what: "answer", value: answer.status, matcher: status },
        ...contents({ headers, body }, answer.headers, answer.text),
        { what: "text", value: answer.text, matcher: text },
        { what: "latency in ms", value: answer.latency, matcher: latency },
      ],
      "",
    ),
  );
}

/** Conditions on headers and body of an HTTP message. */
export function contents(
  { headers, body }: { headers: Readonly<Record<string, Matcher>>; body: Readonly<Record<string, Matcher>> },
  seenHeaders: Readonly<Record<string, unknown>>,
  text: string,
): Condition[] {
  const document = Object.keys(body).length ? parsed(text) : undefined;
  return [
    ...Object.entries(headers).map(([name, matcher]) => {
      return { what: `header ${name}`, value: seenHeaders[name.toLowerCase()], matcher };
    }),
    ...Object.entries(body).map(([path, matcher]) => ({
      what: `body ${path}`,
      value: valueAt(path, document),
      matcher,
    })),
  ];
}

/** Whether an execution went as expected: its status first, then the nodes that ran; undefined when it did. */
export function executionOutcome(
  { status, ran, notRan }: Expectation["execution"],
  execution: Execution,
): Outcome | undefined {
  if (!meets(status, execution.status)) {
    const failure = failureOf(execution);
    return {
      status: "failed",
      seen: `execution ${execution.id}: ${execution.status}`,
      expected: `execution: ${describeMatcher(status)}`,
      ...failure,
    };
  }
  const names = nodeRuns(execution).map(({ node }) => node);
  const missing = firstMissing(ran, names);
  const unwanted = notRan.find((name) => names.includes(name));
  if (missing === undefined && unwanted === undefined) return undefined;
  const failure = failureOf(execution);
  return {
    status: "failed",
    node: missing ?? unwanted,
    seen: `these nodes ran: ${[...new Set(names)].join(", ")}`,
    expected: missing === undefined ? `"${unwanted}" does not run` : `these in order: ${ran.join(", ")}`,
    ...(failure ? { error: failure.error } : {}),
  };
}

/** The first of a list of names that does not come, in that order, in another list. */
function firstMissing(wanted: readonly string[], names: readonly string[]): string | undefined {
  let from = 0;
  return wanted.find((name) => {
    const at = names.indexOf(name, from);
    from = at + 1;
    return at < 0;
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
