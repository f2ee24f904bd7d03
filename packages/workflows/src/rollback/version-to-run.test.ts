import { expect, it } from "vitest";
import { versionToRun } from "./version-to-run.ts";

const row = (versionId: string, previousVersionId: string | null) => ({ versionId, previousVersionId });

it("is what ran before the first of them, while one of them runs", () => {
  expect(versionToRun([row("b", "a")], "b")).toBe("a");
  expect(versionToRun([row("b", "a"), row("c", "a")], "c")).toBe("a");
  expect(versionToRun([row("b", "a"), row("c", "b")], "b")).toBe("a");
});

it("is none where none ran", () => {
  expect(versionToRun([row("b", null), row("c", "b")], "c")).toBeNull();
});

it("is what runs, where that is not theirs", () => {
  expect(versionToRun([row("b", "a")], "a")).toBeUndefined();
  expect(versionToRun([row("b", "a")], "edited")).toBeUndefined();
  expect(versionToRun([row("b", "a")], null)).toBeUndefined();
  expect(versionToRun([], "a")).toBeUndefined();
});
