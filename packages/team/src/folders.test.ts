import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { workFolder } from "./folders.ts";

let output: string;
beforeEach(() => {
  output = mkdtempSync(join(tmpdir(), "understudy-work-"));
});
afterEach(() => rmSync(output, { recursive: true }));

describe("a run's own folder", () => {
  it("goes with the run, and takes along what killed ones have left, nobody else's", () => {
    const [dead, alive] = [".team-work-999999999", `.team-work-${process.ppid}`].map((name) => join(output, name));
    for (const folder of [dead, alive]) mkdirSync(folder ?? "");
    writeFileSync(join(dead ?? "", "0"), "left");
    {
      using work = workFolder(output);
      expect(existsSync(work.path)).toBe(true);
    }
    expect([dead, alive, join(output, `.team-work-${process.pid}`)].map((path) => existsSync(path ?? ""))).toEqual([
      ...[false, true, false],
    ]);
  });

  it("is refused where nothing can be written", () => {
    writeFileSync(join(output, "file"), "");
    expect(() => workFolder(join(output, "file"))).toThrow(/Nothing can be written in .*file: /);
  });
});
