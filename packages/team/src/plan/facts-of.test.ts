import { describe, expect, it } from "vitest";
import { someMetadata } from "../archive/testing.ts";
import { factsOf } from "./facts-of.ts";

const copy = {
  id: "20261121-170501",
  at: "2026-11-21T17:05:01.000Z",
  from: "production",
  activeWorkflows: ["Nightly report"],
};

describe("what is known of imported data", () => {
  it("is the copy that it was made from, under an id of its own, and what may be live in it", () => {
    expect(factsOf(someMetadata({}, { copy }))).toEqual({
      copy: {
        ...{ id: "20261121-170501@2026-11-22-14-05-09", at: copy.at, from: "production", result: "succeeded" },
        ...{ unmasked: false, healthySeconds: null },
      },
      activeWorkflows: ["Nightly report"],
    });
  });

  it("names the last snapshot alone, however often it went from hand to hand", () => {
    const again = someMetadata({}, { copy: { ...copy, id: "20261121-170501@2026-01-01-00-00-00" } });
    expect(factsOf(again).copy?.id).toBe("20261121-170501@2026-11-22-14-05-09");
  });

  it("says of unmasked data that it is", () => {
    expect(factsOf(someMetadata({}, { copy, unmasked: true })).copy?.unmasked).toBe(true);
  });

  it("is nothing for data that is no copy", () => {
    expect(factsOf(someMetadata({}))).toEqual({ copy: null, activeWorkflows: [] });
  });
});
