import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { chooseKept } from "./choose-kept.ts";

const keep = { last: 2, daily: 3, weekly: 2, monthly: 2 };
const backup = (at: string, verified = false) => ({ id: `backup-${at}`, at: new Date(at), verified });
const needed = new Map<string, string>();

describe("which backups stay", () => {
  it("are the newest, and the newest of each of the last days, weeks and months", () => {
    const backups = [
      "2026-11-20T20:00Z", // Friday
      "2026-11-20T08:00Z",
      "2026-11-20T02:00Z",
      "2026-11-19T02:00Z",
      "2026-11-16T02:00Z", // Monday
      "2026-11-15T02:00Z", // the week before
      "2026-10-31T02:00Z",
      "2026-09-30T02:00Z",
    ].map((at) => backup(at));
    expect(Object.fromEntries(chooseKept(backups, keep, needed))).toEqual({
      "backup-2026-11-20T20:00Z": "one of the newest",
      "backup-2026-11-20T08:00Z": "one of the newest",
      "backup-2026-11-19T02:00Z": "the newest of its day",
      "backup-2026-11-16T02:00Z": "the newest of its day",
      "backup-2026-11-15T02:00Z": "the newest of its week",
      "backup-2026-10-31T02:00Z": "the newest of its month",
    });
  });

  it("are those that something needs, however old", () => {
    const backups = ["2026-11-20T00:00Z", "2026-11-19T00:00Z", "2020-01-01T00:00Z"].map((at) => backup(at));
    const kept = chooseKept(backups, keep, new Map([["backup-2020-01-01T00:00Z", "rollback-1 needs it"]]));
    expect(kept.get("backup-2020-01-01T00:00Z")).toBe("rollback-1 needs it");
  });

  it("are never less than the newest that was proven", () => {
    const day = fc.date({ min: new Date("2020-01-01"), max: new Date("2030-01-01"), noInvalidDate: true });
    const any = fc.record({ at: day, verified: fc.boolean() });
    fc.assert(
      fc.property(fc.array(any, { maxLength: 40 }), fc.nat(3), (found, last) => {
        const backups = found
          .sort((a, b) => b.at.getTime() - a.at.getTime())
          .map((one, index) => ({ ...one, id: `${index}` }));
        const kept = chooseKept(backups, { last, daily: 0, weekly: 0, monthly: 0 }, needed);
        const proven = backups.find(({ verified }) => verified);
        expect(kept.size).toBeLessThanOrEqual(last + 1);
        if (proven) expect(kept.has(proven.id)).toBe(true);
      }),
    );
  });
});
