import { expect, it } from "vitest";
import { driftOf } from "./drift.ts";

const applied = (name: string, workflowId: string, hash: string) => ({
  ...{ name, workflowId, hash, workflow: `W ${workflowId}`, source: "dev", environment: "staging" },
});

it("compares each workflow with its newest applied migration", () => {
  const migrations = [applied("1", "a", "x"), applied("2", "a", "y"), applied("3", "b", "x"), applied("4", "c", "x")];
  const here = new Map([
    ["a", { name: "A", hash: "y", live: true }],
    ["b", { name: "B", hash: "other", live: false }],
    ["d", { name: "D", hash: "x", live: false }],
  ]);
  expect(driftOf(migrations, here).map(({ id, state, migration, live }) => [id, state, migration, live])).toEqual([
    ["a", "same", "2", true],
    ["b", "changed", "3", false],
    ["d", "untracked", null, false],
    ["c", "deleted", "4", false],
  ]);
});
