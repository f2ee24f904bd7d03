import { describe, expect, test, vi } from "vitest";
import type { Failure } from "./failures.ts";
import { closingLine, type Gate, runGates, summary } from "./gates.ts";
import type { Results } from "./results-reporter.ts";

vi.spyOn(console, "log").mockImplementation(() => {});

interface Run {
  readonly results?: Omit<Results, "seconds"> & Partial<Results>;
  readonly exitCode: number;
}

/** A gate that leaves the results of a suite where its reporter would, then exits. A second try leaves those of the second run. */
function suite(name: string, first: Run, second?: Run): Gate {
  const runs = JSON.stringify([first, second]);
  const program = `
    const file = process.argv.find((word) => word.endsWith(".test.ts"));
    const { results, exitCode } = ${runs}[file ? 1 : 0];
    const written = { seconds: {}, ...results };
    if (results) require("node:fs").writeFileSync(process.env.UNDERSTUDY_RESULTS, JSON.stringify(written));
    process.exit(exitCode)`;
  return { name, command: ["node", "-e", program, "--"], suite: true, secondTry: second !== undefined };
}

/** The failure of a test in a file of its own. */
function failed(name: string): Failure {
  return { name, file: `${name}.test.ts`, text: "Error: expected 1" };
}

test("a gate counts as one, a suite as its tests, and all run after one fails", async () => {
  const failures = ["first", "second"].map(failed);
  const outcomes = await runGates([
    { name: "lint", command: ["false"] },
    { name: "types", command: ["true"] },
    suite("unit", { results: { passed: { "first.test.ts": 3, "third.test.ts": 4 }, failures }, exitCode: 1 }),
  ]);
  expect(closingLine(outcomes)).toBe("8 passed, 3 failed");
  expect(outcomes.map(({ ok }) => ok)).toEqual([false, true, false]);
  expect(summary(outcomes)).toMatch(
    /^FAILED {2}lint .*\nok {6}types .*\nFAILED {2}unit .*7 passed, 2 failed\n\nFAILED {2}first\n {4}Error: expected 1\n\nFAILED {2}second\n/,
  );
});

test("the summary names the ten files that took longest, of all suites, and failures after them", async () => {
  const files = (count: number, folder: string) =>
    Object.fromEntries(Array.from({ length: count }, (_, n) => [`${folder}/${n}.test.ts`, n + 0.25]));
  const outcomes = await runGates([
    suite("unit", {
      results: { passed: { "unit/0.test.ts": 1 }, seconds: files(3, "unit"), failures: [] },
      exitCode: 0,
    }),
    suite("integration", { results: { passed: {}, seconds: files(12, "it"), failures: [failed("one")] }, exitCode: 1 }),
  ]);
  const [, longest = "", failure] = summary(outcomes).split("\n\n");
  const lines = longest.split("\n");
  expect(lines).toHaveLength(11);
  expect(lines.slice(0, 3)).toEqual([
    "The test files that took longest:",
    "   11.3 s  it/11.test.ts",
    "   10.3 s  it/10.test.ts",
  ]);
  expect(lines.slice(9)).toEqual(["    3.3 s  it/3.test.ts", "    2.3 s  unit/2.test.ts"]);
  expect(failure).toMatch(/^FAILED {2}one/);
});

describe("a second try", () => {
  const first: Run = {
    results: { passed: { "first.test.ts": 3, "second.test.ts": 4 }, failures: [failed("first")] },
    exitCode: 1,
  };

  test("that passes counts, and what it was needed for is named", async () => {
    const second: Run = { results: { passed: { "first.test.ts": 5 }, failures: [] }, exitCode: 0 };
    const outcomes = await runGates([suite("integration", first, second)]);
    expect(closingLine(outcomes)).toBe("9 passed, 0 failed");
    expect(summary(outcomes)).toMatch(
      /^ok {6}integration .*9 passed, 0 failed\n\nFLAKY {3}first\n {4}Error: expected 1$/,
    );
  });

  test("that fails is what counts", async () => {
    const second: Run = {
      results: { passed: { "first.test.ts": 2 }, failures: [{ ...failed("first"), name: "another" }] },
      exitCode: 1,
    };
    const [outcome] = await runGates([suite("integration", first, second)]);
    expect(outcome).toMatchObject({ ok: false, passed: 6, failed: 1, failures: [{ name: "another" }] });
    expect(outcome?.flaky).toMatchObject([{ name: "first" }]);
  });

  test("that ends before it reports leaves the first one's verdict", async () => {
    const [outcome] = await runGates([suite("integration", first, { exitCode: 137 })]);
    expect(outcome).toMatchObject({ ok: false, passed: 7, failures: [{ name: "first" }], flaky: [] });
  });

  test.each<[string, Failure[]]>([
    ["more files failed than chance explains", ["1", "2", "3", "4", "5", "6"].map(failed)],
    ["an error has no file", [{ name: "vitest: nobody caught", text: "Error: left alone" }]],
  ])("is not made when %s", async (_why, failures) => {
    const second: Run = { results: { passed: { "1.test.ts": 1 }, failures: [] }, exitCode: 0 };
    const [outcome] = await runGates([
      suite("integration", { results: { passed: {}, failures }, exitCode: 1 }, second),
    ]);
    expect(outcome).toMatchObject({ ok: false, failures, flaky: [] });
  });
});

test.each<[string, Gate]>([
  [
    "fails with every test green",
    suite("unit", { results: { passed: { "a.test.ts": 7 }, failures: [] }, exitCode: 1 }),
  ],
  ["finds no test", suite("unit", { results: { passed: {}, failures: [] }, exitCode: 0 })],
  ["ends before it reports", suite("unit", { exitCode: 0 })],
])("a suite that %s has failed", async (_what, gate) => {
  const [outcome] = await runGates([gate]);
  expect(outcome).toMatchObject({ ok: false, failed: 1 });
});

test("a program that is not there has failed", async () => {
  vi.spyOn(console, "error").mockImplementation(() => {});
  expect(closingLine(await runGates([{ name: "lint", command: ["understudy-no-such-program"] }]))).toBe(
    "0 passed, 1 failed",
  );
});
