import { describe, expect, it } from "vitest";
import type { ArchivedWorkflow } from "../archive/metadata.ts";
import { changesSince, workflowsToKeep } from "./changes.ts";

const flow = (id: string, digit: string, updatedAt = "2026-11-22T10:00:00.000Z"): ArchivedWorkflow => ({
  ...{ id, name: `flow ${id}`, active: false, updatedAt },
  sha256: digit.repeat(64),
});
const state = (...workflows: ArchivedWorkflow[]) => ({ databases: [], workflows });
const ids = (changes: readonly { id: string }[]) => changes.map(({ id }) => id);

describe("changes since a common snapshot", () => {
  const common = state(flow("a", "1"), flow("b", "1"), flow("c", "1"), flow("d", "1"), flow("gone", "1"));
  const mine = state(
    flow("a", "2"),
    flow("b", "1"),
    flow("c", "2", "2026-11-22T12:00:00.000Z"),
    flow("d", "3"),
    flow("mine", "1"),
  );
  const theirs = state(
    flow("a", "1"),
    flow("b", "2"),
    flow("c", "3", "2026-11-22T11:00:00.000Z"),
    flow("d", "3"),
    flow("gone", "1"),
  );
  const changes = changesSince(common, mine, theirs);

  it("are told apart by who made them; what both made alike is none", () => {
    expect(ids(changes.workflows.mine)).toEqual(["a", "gone", "mine"]);
    expect(ids(changes.workflows.theirs)).toEqual(["b"]);
    expect(ids(changes.workflows.both)).toEqual(["c"]);
  });

  it("are kept by side, or by time where both changed", () => {
    expect(workflowsToKeep(changes, "newer")).toEqual(["a", "c", "gone", "mine"]);
    expect(workflowsToKeep(changes, "theirs")).toEqual(["a", "gone", "mine"]);
    expect(workflowsToKeep(changes, "mine")).toEqual(["a", "c", "gone", "mine"]);
  });

  it("are both sides' where nothing is known of what they began with", () => {
    expect(ids(changesSince(undefined, mine, theirs).workflows.both)).toEqual(["a", "b", "c", "gone", "mine"]);
  });

  it("are a workflow's being switched on, too", () => {
    const on = state({ ...flow("a", "1"), active: true });
    expect(ids(changesSince(state(flow("a", "1")), on, state(flow("a", "1"))).workflows.mine)).toEqual(["a"]);
  });

  it("are those of tables by rows and values", () => {
    const tables = (rows: string, together: string) => ({
      workflows: [],
      databases: [
        {
          ...{ name: "app", roles: [], leftOut: [], migration: null, structure: {}, sequences: [] },
          properties: {
            owner: "app",
            encoding: "UTF8",
            provider: "c" as const,
            collate: "C",
            ctype: "C",
            locale: null,
            limit: -1,
            grants: [],
            settings: [],
          },
          largeObjects: { count: 0, bytes: 0 },
          tables: [{ id: "public.orders", rows, together, columns: ["1"] }],
        },
      ],
    });
    expect(changesSince(tables("1", "5"), tables("2", "5"), tables("1", "6")).tables.both).toEqual([
      "app: public.orders",
    ]);
    expect(changesSince(tables("1", "5"), tables("1", "5"), tables("1", "6")).tables).toEqual({
      ...{ mine: [], both: [] },
      theirs: ["app: public.orders"],
    });
  });
});
