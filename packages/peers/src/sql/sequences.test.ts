import type { SequenceState } from "@understudy/postgres";
import { describe, expect, it } from "vitest";
import { sentSequences, sequenceSteps } from "./sequences.ts";

const state = (more: Partial<SequenceState>): SequenceState => ({
  schema: "public",
  name: "ids",
  at: 1n,
  asked: true,
  ascending: true,
  furthest: undefined,
  ...more,
});

describe("sequences", () => {
  it("go on to where the source's is, or the column's last row", () => {
    const sent = sentSequences([state({ at: 50n })]);
    expect(sequenceSteps(sent, [state({ at: 7n })])).toEqual([
      `SELECT pg_catalog.setval('"public"."ids"'::regclass, 50)`,
    ]);
    expect(sequenceSteps(sent, [state({ at: 7n, furthest: 90n })])).toEqual([
      `SELECT pg_catalog.setval('"public"."ids"'::regclass, 90)`,
    ]);
    expect(sequenceSteps([], [state({ asked: false, furthest: 1n })])).toHaveLength(1);
  });

  it("never go back, and stay where nobody asked them", () => {
    expect(sequenceSteps(sentSequences([state({ at: 50n })]), [state({ at: 51n })])).toEqual([]);
    expect(sequenceSteps(sentSequences([state({ at: 50n })]), [state({ at: 50n })])).toEqual([]);
    expect(sentSequences([state({ asked: false })])).toEqual([]);
    const down = { ascending: false };
    expect(sequenceSteps(sentSequences([state({ ...down, at: -50n })]), [state({ ...down, at: -51n })])).toEqual([]);
    expect(sequenceSteps(sentSequences([state({ ...down, at: -50n })]), [state({ ...down, at: -7n })])).toHaveLength(1);
  });
});
