import { describe, expect, it } from "vitest";
import type { Change } from "../packet/change.ts";
import { stampOf } from "./clock.ts";
import { type Current, decide, type Strategy } from "./decide.ts";

const row = { uuid: "u", updated_at: "2026-01-01T00:00:00.000000Z", is_deleted: "false", a: "old", b: "old" };
const current: Current = {
  version: 7,
  stamp: stampOf(1_000),
  node: "ann",
  deleted: false,
  parked: false,
  fields: null,
  row,
};
const change = (more: Partial<Change> = {}): Change => ({
  entity_type: "notes",
  entity_uuid: "u",
  operation: "UPDATE",
  base_version: 5,
  stamp: String(stampOf(2_000)),
  changed: ["a"],
  data: { ...row, a: "new" },
  ...more,
});
const by = (strategy: Strategy, more: Partial<Change> = {}, known: Current | undefined = current, node = "bob") => {
  const made = change(more);
  return decide(made, { stamp: BigInt(made.stamp), node }, known, strategy);
};

describe("a change", () => {
  it("follows the version that it was made on, however old its clock", () => {
    expect(by("timestamp-wins", { base_version: 7, stamp: "0" })).toEqual({ kind: "follow" });
    expect(decide(change({ base_version: 0 }), { stamp: 0n, node: "bob" }, undefined, "manual")).toEqual({
      kind: "follow",
    });
  });

  it("is no conflict when it says the same", () => {
    expect(by("manual", { data: row })).toEqual({ kind: "same" });
    expect(by("manual", { operation: "DELETE", data: null }, { ...current, deleted: true, row: null })).toEqual({
      kind: "same",
    });
  });

  it("loses against the server, by server-wins", () => {
    expect(by("server-wins")).toMatchObject({ kind: "conflict", rule: "server-wins", winner: "current" });
  });

  it("wins by timestamp-wins when it was written later; a tie goes by node", () => {
    expect(by("timestamp-wins")).toMatchObject({ winner: "incoming" });
    expect(by("timestamp-wins", { stamp: String(stampOf(500)) })).toMatchObject({ winner: "current" });
    expect(by("timestamp-wins", { stamp: String(stampOf(1_000)) })).toMatchObject({
      winner: "incoming",
      reason: expect.stringContaining("tie"),
    });
    expect(by("timestamp-wins", { stamp: String(stampOf(1_000)) }, current, "aaa")).toMatchObject({
      winner: "current",
    });
  });

  it("waits for a person by manual, and behind one that does", () => {
    expect(by("manual")).toMatchObject({ kind: "park" });
    expect(by("server-wins", { base_version: 7 }, { ...current, parked: true })).toMatchObject({ kind: "park" });
  });

  it("to a record that is purged is a conflict, never a resurrection", () => {
    expect(decide(change(), { stamp: 0n, node: "bob" }, undefined, "timestamp-wins")).toMatchObject({
      rule: "gone",
      winner: "current",
    });
  });

  it("is merged by column: what only one side changed stands", () => {
    const known = { ...current, row: { ...row, b: "theirs" }, fields: { "*": 1, b: 7 } };
    expect(by("merge", {}, known)).toMatchObject({
      merged: { a: "new", b: "theirs" },
      reason: "they changed different columns",
    });
  });

  it("is merged by clock where both changed a column", () => {
    const known = { ...current, row: { ...row, a: "theirs" }, fields: { "*": 1, a: 7 } };
    expect(by("merge", {}, known)).toMatchObject({
      winner: "incoming",
      merged: { a: "new" },
      reason: expect.stringContaining("both changed a"),
    });
    expect(by("merge", { stamp: "0" }, known)).toMatchObject({ winner: "current", merged: { a: "theirs" } });
  });

  it("goes by a function of one's own", () => {
    const longest: Strategy = ({ change: { data }, current: known }) => ({
      winner: (data?.a?.length ?? 0) > (known.row?.a?.length ?? 0) ? "incoming" : "current",
      reason: "the longer one",
    });
    expect(by(longest)).toMatchObject({ rule: "longest", winner: "current", reason: "the longer one" });
  });
});
