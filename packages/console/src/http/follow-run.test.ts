import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { RunFolder } from "../runs/run-folder.ts";
import { followRun } from "./follow-run.ts";

it("stops at a reader who is slow, and goes on, to the end, when it has read", () => {
  const path = mkdtempSync(join(tmpdir(), "understudy-follow-"));
  onTestFinished(() => rmSync(path, { recursive: true }));
  const folder = new RunFolder(path);
  const startedAt = new Date().toISOString();
  folder.begin({ id: "x", action: "backup", title: "", command: "", environment: "staging", who: "ada", startedAt });
  writeFileSync(folder.stderr, `${"x".repeat(99)}\n`.repeat(2_000));
  writeFileSync(folder.exit, "0\n");
  const sent: string[] = [];
  const reader = { isFull: false, read: () => {} };
  const stop = followRun(folder, 0, {
    get isFull() {
      return reader.isFull;
    },
    send: (event) => {
      sent.push(event);
      reader.isFull = true;
    },
    onFree: (go) => {
      reader.read = go;
    },
    end: () => sent.push("over"),
  });
  onTestFinished(stop);
  expect(sent).toEqual(["log"]);
  for (let read = 0; read < 9 && sent.at(-1) !== "over"; read++) {
    reader.isFull = false;
    reader.read();
  }
  // 200 kB, 64 kB at a time.
  expect(sent).toEqual(["log", "log", "log", "log", "end", "over"]);
});
