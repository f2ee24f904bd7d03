import { expect, test, vi } from "vitest";
import { closingLine, type Gate, runGates, summary } from "./gates.ts";

vi.spyOn(console, "log").mockImplementation(() => {});

/** A gate that leaves the results of a suite where its reporter would, then exits. */
function suite(name: string, results: unknown, exitCode: number): Gate {
  const program = `
    const file = process.argv.find((argument) => argument.startsWith("--outputFile")).split("=")[1];
    if (${JSON.stringify(results)}) require("node:fs").writeFileSync(file, ${JSON.stringify(JSON.stringify(results ?? null))});
    process.exit(${exitCode})`;
  return { name, command: ["node", "-e", program, "--"], suite: true };
}

test("a gate counts as one, a suite as its tests, and all run after one fails", async () => {
  const outcomes = await runGates([
    { name: "lint", command: ["false"] },
    { name: "types", command: ["true"] },
    suite("unit", { numPassedTests: 7, numFailedTests: 2 }, 1),
  ]);
  expect(closingLine(outcomes)).toBe("8 passed, 3 failed");
  expect(outcomes.map(({ ok }) => ok)).toEqual([false, true, false]);
  expect(summary(outcomes)).toMatch(/^FAILED {2}lint .*\nok {6}types .*\nFAILED {2}unit .*7 passed, 2 failed$/);
});

test.each<[string, Gate]>([
  ["fails with every test green", suite("unit", { numPassedTests: 7, numFailedTests: 0 }, 1)],
  ["finds no test", suite("unit", { numPassedTests: 0, numFailedTests: 0 }, 0)],
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
