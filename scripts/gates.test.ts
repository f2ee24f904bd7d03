import { expect, test, vi } from "vitest";
import { closingLine, type Gate, runGates, summary } from "./gates.ts";
import type { Results } from "./results-reporter.ts";

vi.spyOn(console, "log").mockImplementation(() => {});

/** A gate that leaves the results of a suite where its reporter would, then exits. */
function suite(name: string, results: Results | undefined, exitCode: number): Gate {
  const write = `require("node:fs").writeFileSync(process.env.UNDERSTUDY_RESULTS, ${JSON.stringify(JSON.stringify(results))});`;
  const program = `${results ? write : ""} process.exit(${exitCode})`;
  return { name, command: ["node", "-e", program, "--"], suite: true };
}

test("a gate counts as one, a suite as its tests, and all run after one fails", async () => {
  const failures = ["first", "second"].map((name) => ({ name, text: "Error: expected 1" }));
  const flaky = [{ name: "third", text: "Error: expected 2" }];
  const outcomes = await runGates([
    { name: "lint", command: ["false"] },
    { name: "types", command: ["true"] },
    suite("unit", { passed: 7, failures, flaky }, 1),
  ]);
  expect(closingLine(outcomes)).toBe("8 passed, 3 failed");
  expect(outcomes.map(({ ok }) => ok)).toEqual([false, true, false]);
  expect(summary(outcomes)).toMatch(
    /^FAILED {2}lint .*\nok {6}types .*\nFAILED {2}unit .*7 passed, 2 failed\n\nFLAKY {3}third\n {4}Error: expected 2\n\nFAILED {2}first\n {4}Error: expected 1\n\nFAILED {2}second\n/,
  );
});

test.each<[string, Gate]>([
  ["fails with every test green", suite("unit", { passed: 7, failures: [], flaky: [] }, 1)],
  ["finds no test", suite("unit", { passed: 0, failures: [], flaky: [] }, 0)],
  ["ends before it reports", suite("unit", undefined, 0)],
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
