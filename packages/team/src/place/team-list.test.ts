import { describe, expect, it } from "vitest";
import { someMetadata } from "../archive/testing.ts";
import type { Local } from "../plan/compatibility.ts";
import { listedAs } from "./team-list.ts";

const snapshot = { stamp: "2026-11-22-14-05-09", by: "ann@desk", archive: "a1", metadata: "m1", bytes: 500 };
const local: Local = {
  ...{ understudyVersion: "0.1.0", postgres: 170_006, services: {}, migrations: {} },
  ...{ team: "shop", takesUnmasked: false, volumes: [] },
};
const listed = (metadata: object) => listedAs(snapshot, JSON.stringify(metadata), local);

describe("a snapshot in the list", () => {
  it("says who, when, of what, and whether it can be taken", () => {
    expect(listed(someMetadata({}))).toEqual({
      ...{ stamp: snapshot.stamp, by: "ann@desk", environment: "staging", time: "2026-11-22T14:05:09.000Z" },
      ...{ bytes: 500, compatible: "same", notes: [] },
    });
    expect(listed(someMetadata({}, { unmasked: true, understudyVersion: "9" }))).toMatchObject({
      compatible: "refused",
      notes: [expect.stringContaining("must have masked data"), expect.stringContaining("by Understudy 9")],
    });
  });

  it("is there though it is of a format that is not known", () => {
    expect(listed({ ...someMetadata({}), format: 2 })).toMatchObject({
      ...{ environment: "unknown", time: "2026-11-22T14:05:09.000Z", compatible: "refused" },
      notes: [expect.stringContaining("in format 2")],
    });
  });

  it("is not passed over when it is damaged", () => {
    expect(() => listed({ ...someMetadata({}), postgres: "17" })).toThrow(/^postgres: /);
  });
});
