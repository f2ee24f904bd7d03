import type { Observation } from "../checks/check.ts";

/** How one test went. */
export interface Outcome {
  readonly status: "passed" | "failed" | "skipped" | "not applicable";
  /** Why it is so, and what should have been. */
  readonly seen?: string | undefined;
  readonly expected?: string | undefined;
  /** The node that failed, and its error in n8n's words. */
  readonly node?: string | undefined;
  readonly error?: string | undefined;
  /** Where a person looks at it in n8n. */
  readonly execution?: string | undefined;
  /** What to try. */
  readonly next?: string | undefined;
  /** ms between two points each, and in total. */
  readonly hops?: Readonly<Record<string, number>> | undefined;
}

/** A named outcome and how long it took. */
export interface TestResult extends Outcome {
  readonly name: string;
  readonly ms: number;
}

/** What `test:workflows --json` says; documented in docs/cli-json.md. */
export interface WorkflowReport {
  readonly environment: string;
  readonly status: "passed" | "failed";
  readonly tests: readonly TestResult[];
}

/** A look that failed, as the outcome of a test; undefined when it did not. */
export function failed({ ok, seen, expected, next }: Observation): Outcome | undefined {
  return ok ? undefined : { status: "failed", seen, expected, next };
}

const marks = { failed: "✖", passed: "✔", skipped: "-", "not applicable": "-" } as const;

/** For people: what failed first, then the rest, and a line that sums up. */
export function describeReport({ environment, tests }: WorkflowReport): string {
  const of = (status: Outcome["status"]) => tests.filter((test) => test.status === status);
  const [bad, good, skipped, other] = [of("failed"), of("passed"), of("skipped"), of("not applicable")];
  // That the inactive do not run is no news; the JSON has them.
  const told = other.filter(({ seen }) => seen !== "inactive");
  const lines = [...bad, ...good, ...skipped, ...told].flatMap(describe);
  const sum = [
    `${bad.length} failed`,
    `${good.length} passed`,
    ...(skipped.length ? [`${skipped.length} skipped`] : []),
    ...(other.length ? [`${other.length} not applicable`] : []),
  ];
  return `${[...lines, "", `${environment}: ${sum.join(", ")}`].join("\n")}\n`;
}

function describe({ name, status, ms, ...test }: TestResult): string[] {
  if (status === "passed") {
    const hops = Object.entries(test.hops ?? {}).map(([hop, time]) => `${hop} ${time} ms`);
    return [`${marks.passed} ${name} (${ms} ms)`, ...(hops.length ? [`    ${hops.join(", ")}`] : [])];
  }
  if (status !== "failed") return [`${marks[status]} ${name}: ${status}, ${test.seen ?? ""}`];
  const facts: [string, string | undefined][] = [
    ["node", test.node],
    ["error", test.error],
    ["seen", test.seen],
    ["expected", test.expected],
    ["execution", test.execution],
    ["try", test.next],
  ];
  const said = facts.flatMap(([what, value]) =>
    value ? [`    ${what.padEnd(10)}${value.replaceAll("\n", "\n              ")}`] : [],
  );
  return [`${marks.failed} ${name} (${ms} ms)`, ...said];
}
