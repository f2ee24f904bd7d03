import { expect, test } from "vitest";
import type { FileRule } from "../policy/policy.ts";
import { fileMatcher, fileRules } from "./file-rules.ts";

test.each([
  ["*.log", ["a.log", "logs/deep/b.log", "c.log/inner"], ["a.log.txt", "log"]],
  ["/config", ["config", "config/x"], ["nodes/config", "config.json"]],
  ["uploads/", ["uploads/a/b.txt", "uploads", "x/uploads/c"], ["uploads2/a"]],
  ["cache/models", ["cache/models/m.bin"], ["cache/other", "x/cache/models/m.bin"]],
  ["nodes/**/*.js", ["nodes/a.js", "nodes/x/y/.hidden/a.js"], ["nodes/a.ts"]],
  ["grüße/*.txt", ["grüße/ä.txt"], ["gruesse/ä.txt"]],
  ["**", [".hidden", "a/b", "a\nb"], []],
])("%s holds for what .gitignore would say", (pattern, yes, no) => {
  const matches = fileMatcher(pattern);
  expect([yes.filter((path) => !matches(path)), no.filter(matches)]).toEqual([[], []]);
});

test("the first rule that holds decides; without one nothing is decided", () => {
  const rules: FileRule[] = [
    { source: "s:1", pattern: "nodes/*.map", action: "exclude" },
    { source: "s:2", pattern: "nodes/", action: "keep" },
  ];
  const decide = fileRules(rules);
  expect(["nodes/a.map", "nodes/a.js", "other"].map((path) => decide(path)?.source)).toEqual(["s:1", "s:2", undefined]);
});
