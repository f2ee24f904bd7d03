import { expect, test } from "vitest";
import { describeFailures } from "./failures.ts";

test("each failure is its name and what was thrown, without empty lines", () => {
  const failures = [
    { name: "a.test.ts > is empty", text: "Error: expected []\n\n+ [1]" },
    { name: "b.test.ts", text: "Error: no such file" },
  ];
  expect(describeFailures("FAILED", failures)).toEqual([
    "FAILED  a.test.ts > is empty\n    Error: expected []\n    + [1]",
    "FAILED  b.test.ts\n    Error: no such file",
  ]);
});

test("of a long one only the beginning is told, and how much more there is", () => {
  const text = Array.from({ length: 40 }, (_, line) => `${line} ${"x".repeat(1_000)}`).join("\n");
  const [described = ""] = describeFailures("FLAKY", [{ name: "long", text }]);
  const lines = described.split("\n");
  expect(lines).toHaveLength(17);
  expect(lines[0]).toBe("FLAKY   long");
  expect(lines.at(-2)).toMatch(/^ {4}14 x+…$/);
  expect(lines.at(-1)).toBe("    … and 25 lines more, above");
  expect(Math.max(...lines.map(({ length }) => length))).toBeLessThan(510);
});
