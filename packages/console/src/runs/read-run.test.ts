import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it, onTestFinished } from "vitest";
import { errorIn, lastJson, lineFrom, readLines, readRun } from "./read-run.ts";
import { RunFolder, stateOf } from "./run-folder.ts";

describe("lastJson", () => {
  it("is the last line that is JSON, whatever stands round it", () => {
    expect(lastJson('Waiting\n{"a":1}\n{"b":2}\nbye\n')).toEqual({ b: 2 });
    expect(lastJson("nothing\n")).toBeUndefined();
  });

  it("tells errors from results", () => {
    expect(errorIn({ error: { message: "no", next: "yes" } })).toEqual({ message: "no", next: "yes" });
    expect(errorIn({ error: null })).toBeNull();
    expect(errorIn([])).toBeNull();
    expect(errorIn(null)).toBeNull();
  });
});

describe("stateOf", () => {
  it.each([
    [null, true, "running"],
    [null, false, "cut off"],
    [0, false, "succeeded"],
    [0, true, "succeeded"],
    [3, false, "failed"],
    [130, false, "cut off"],
    [137, false, "cut off"],
  ] as const)("exit code %s, alive %s: %s", (code, lives, state) => expect(stateOf(code, lives)).toBe(state));
});

describe("readRun", () => {
  it("has whole lines of what a run says, so that it goes on with one, and all of it when it has ended", () => {
    const path = mkdtempSync(join(tmpdir(), "understudy-run-"));
    onTestFinished(() => rmSync(path, { recursive: true }));
    const folder = new RunFolder(path);
    const startedAt = new Date().toISOString();
    folder.begin({ id: "x", action: "backup", title: "", command: "", environment: "staging", who: "ada", startedAt });
    folder.own(process.pid);
    writeFileSync(folder.stderr, Buffer.from("one\nä half ä").subarray(0, -1));
    expect(readRun(folder)).toMatchObject({ state: "running", log: "one\n", logEnd: 4 });
    writeFileSync(folder.stderr, "one\nno newline");
    writeFileSync(folder.exit, "0\n");
    expect(readRun(folder)).toMatchObject({ state: "succeeded", log: "one\nno newline", logEnd: 14 });
    // The beginning of a line of which only the end is read may be the half of a secret.
    writeFileSync(folder.stderr, `${"x".repeat(70_000)}\ntwo\n`);
    expect(readRun(folder)).toMatchObject({ log: "two\n", logEnd: 70_005 });
    writeFileSync(folder.stderr, "x".repeat(70_000));
    expect(readRun(folder)).toMatchObject({ log: "", logEnd: 70_000 });
  });
});

describe("lineFrom", () => {
  it("is the line that begins there, else the next", () => {
    const folder = mkdtempSync(join(tmpdir(), "understudy-line-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const file = join(folder, "log");
    expect([lineFrom(file, 0), lineFrom(file, 3)]).toEqual([0, undefined]);
    writeFileSync(file, "one\ntwo\nth");
    expect([0, 1, 3, 4, 5, 8, 9, 99].map((at) => lineFrom(file, at))).toEqual([
      ...[0, 4, 4, 4, 8, 8, undefined, undefined],
    ]);
    writeFileSync(file, `${"x".repeat(150_000)}\n`);
    expect([lineFrom(file, 2), lineFrom(file, 150_000)]).toEqual([150_001, 150_001]);
  });
});

describe("readLines", () => {
  it("gives every whole line once, however it is written and read", () => {
    const folder = mkdtempSync(join(tmpdir(), "understudy-lines-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const line = fc.string({ unit: "grapheme", maxLength: 40 }).map((text) => `${text.replaceAll(/[\n\r]/g, "")}\n`);
    const pieces = fc.array(line, { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(pieces, fc.integer({ min: 1, max: 7 }), fc.integer({ min: 600, max: 2_000 }), (lines, cut, most) => {
        const file = join(folder, "log");
        writeFileSync(file, "");
        const bytes = Buffer.from(lines.join(""));
        let [read, at] = ["", 0];
        for (let from = 0; from < bytes.length; from += cut) {
          appendFileSync(file, bytes.subarray(from, from + cut));
          const { text, end } = readLines(file, at, most);
          expect(text === "" || text.endsWith("\n")).toBe(true);
          [read, at] = [read + text, end];
        }
        expect(read).toBe(lines.join(""));
      }),
      { numRuns: 30 },
    );
  });

  it("shows a line that never ends in parts", () => {
    const folder = mkdtempSync(join(tmpdir(), "understudy-lines-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const file = join(folder, "log");
    writeFileSync(file, "a".repeat(25));
    expect(readLines(file, 0, 10)).toEqual({ text: "a".repeat(10), end: 10 });
    expect(readLines(file, 20, 10)).toEqual({ text: "", end: 20 });
  });
});
