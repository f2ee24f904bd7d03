import type { FileEntry } from "@understudy/data";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { FileRule } from "../policy/policy.ts";
import { fileRules } from "./file-rules.ts";
import { ownFilesOf } from "./own-files.ts";
import { isUnchanged, planVolume, undecided } from "./volume-plan.ts";

function entry(path: string, over: Partial<FileEntry> = {}): FileEntry {
  return { path, type: "file", size: 10, modified: "1.5", attributes: "644:0:0", target: "", ...over };
}

function rule(action: FileRule["action"], pattern: string): FileRule {
  return { source: `sanitize.yml: ${pattern}`, action, pattern };
}

const nothing = () => false;
const paths = (entries: readonly FileEntry[]) => entries.map(({ path }) => path);

test("only what a rule keeps is copied, with the folders that it lies in; the rest is listed by reason", () => {
  const entries = [
    entry("nodes", { type: "directory" }),
    entry("nodes/deep", { type: "directory" }),
    entry("nodes/deep/a.js"),
    entry("nodes/app.db"),
    entry("nodes/pipe", { type: "other" }),
    entry("empty", { type: "directory" }),
    entry("config"),
    entry("big.log", { size: 500 }),
    ...["1", "2", "3", "4", "5", "6"].map((name) => entry(`u/${name}`)),
    entry("u", { type: "directory" }),
  ];
  const rules = [rule("exclude", "*.log"), rule("keep", "nodes/"), rule("keep", "empty/"), rule("keep", "config")];
  const plan = planVolume("n8n-data", entries, rules, new Set(["nodes/app.db"]), ownFilesOf("n8n-data"));
  expect(paths(plan.kept)).toEqual(["nodes/deep/a.js"]);
  expect(paths(plan.folders)).toEqual(["nodes", "nodes/deep", "empty"]);
  expect(plan.excluded).toEqual([
    { because: "a socket, pipe or device", files: 1, bytes: 10, examples: ["nodes/pipe"] },
    { because: "an SQLite database, which is not masked", files: 1, bytes: 10, examples: ["nodes/app.db"] },
    { because: "no rule", files: 6, bytes: 60, examples: ["u/1", "u/2", "u/3", "u/4", "u/5"] },
    { because: "sanitize.yml: *.log", files: 1, bytes: 500, examples: ["big.log"] },
    { because: "staging has its own", files: 1, bytes: 10, examples: ["config"] },
  ]);
});

test("no file is copied that no rule keeps, whatever the rules", () => {
  const part = fc.constantFrom("a", "b", ".c", "d e", "ü");
  const path = fc.array(part, { minLength: 1, maxLength: 3 }).map((parts) => parts.join("/"));
  const rules = fc.array(
    fc.record({
      action: fc.constantFrom("keep", "exclude"),
      pattern: fc.oneof(path, fc.constantFrom("**", "*", "/a", "b/")),
    }),
    { maxLength: 4 },
  );
  fc.assert(
    fc.property(fc.uniqueArray(path, { maxLength: 8 }), rules, (files, said) => {
      const all = said.map(({ action, pattern }) => rule(action as FileRule["action"], pattern));
      const { kept, excluded } = planVolume(
        "v",
        files.map((one) => entry(one)),
        all,
        new Set(),
        nothing,
      );
      const decide = fileRules(all);
      expect(paths(kept)).toEqual(files.filter((one) => decide(one)?.action === "keep"));
      expect(kept.length + excluded.reduce((sum, one) => sum + one.files, 0)).toBe(files.length);
    }),
  );
});

test("a file is unchanged when everything is equal; its content decides when only the time differs", () => {
  const there = entry("a");
  const plan = planVolume("v", [entry("a", { modified: "2" })], [rule("keep", "**")], new Set(), nothing);
  expect(paths(undecided(plan, new Map([["a", there]])))).toEqual(["a"]);
  expect(undecided(plan, new Map([["a", entry("a", { size: 11 })]]))).toEqual([]);
  const is = (over: Partial<FileEntry>, same: string[] = []) => isUnchanged(entry("a", over), there, new Set(same));
  expect(is({})).toBe(true);
  expect(is({ modified: "2" })).toBe(false);
  expect(is({ modified: "2" }, ["a"])).toBe(true);
  const changes = [{ size: 11 }, { attributes: "600:0:0" }, { type: "link" }, { target: "b" }] as const;
  expect(changes.filter((over) => is(over, ["a"]))).toEqual([]);
  expect(isUnchanged(entry("a"), undefined, new Set())).toBe(false);
});
