import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { sourceRoot } from "@understudy/core";
import { describe, expect, it } from "vitest";
import checkList from "../test/check-list.json" with { type: "json" };

const lines = Object.entries(checkList).flatMap(([list, entries]) =>
  Object.entries(entries).map(([line, test]) => ({ line: `${list}: ${line}`, test })),
);

// Of the requirements: 10 functional lines, 5 of periodic sync, 8 of the page, 6 of performance. Beside them: each fault, what "done" is, and what the console shows.
it("has every line of the requirements", () => {
  const counts = Object.entries(checkList).map(([list, entries]) => [list, Object.keys(entries).length]);
  expect(Object.fromEntries(counts)).toEqual({
    ...{ Functional: 10, Periodic: 5, UI: 8, Performance: 6 },
    ...{ Faults: 17, Done: 12, Console: 10 },
  });
});

describe.each(lines)("$line", ({ test }) => {
  const [file = "", name = ""] = test.split(/: (.*)/s);

  it("is tested", () => {
    expect(existsSync(join(sourceRoot, file)), file).toBe(true);
    const found = linesOf(file).filter((line) => line.includes(name));
    expect(found, `${file} has no test "${name}"`).not.toEqual([]);
  });

  it("is tested always: what cannot run here may be skipped by a reason, never in CI", () => {
    const passed = linesOf(file).filter((line) => /\.(skip|todo|only|fails)\b/.test(line));
    expect(passed).toEqual([]);
  });
});

function linesOf(file: string): string[] {
  return readFileSync(join(sourceRoot, file), "utf8").split("\n");
}
