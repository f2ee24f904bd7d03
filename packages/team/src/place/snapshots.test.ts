import { describe, expect, it } from "vitest";
import { chooseSnapshot, type Stored, sharedSnapshots, tagsOf } from "./snapshots.ts";

const stored = (id: string, tags: readonly string[], bytes = 1): Stored => ({
  ...{ id, tags, paths: [], time: new Date("2026-11-22T10:00:00Z"), bytes },
});
const whole = (stamp: string, by: string) => [
  stored(`${stamp} tar`, tagsOf("archive", stamp, by), 500),
  stored(`${stamp} json`, tagsOf("metadata", stamp, by)),
];

describe("snapshots in a shared place", () => {
  const { snapshots, leftovers } = sharedSnapshots([
    ...whole("2026-11-20-10-00-00", "bob@tower"),
    ...whole("2026-11-21-10-00-00", "ann@desk"),
    stored("cut off", tagsOf("archive", "2026-11-22-10-00-00", "bob@tower")),
    stored("not ours", ["backup-1"]),
  ]);

  it("are whole, the newest first; what was cut off is told apart, and what is not ours left alone", () => {
    expect(snapshots).toEqual([
      {
        stamp: "2026-11-21-10-00-00",
        by: "ann@desk",
        archive: "2026-11-21-10-00-00 tar",
        metadata: "2026-11-21-10-00-00 json",
        bytes: 500,
      },
      {
        stamp: "2026-11-20-10-00-00",
        by: "bob@tower",
        archive: "2026-11-20-10-00-00 tar",
        metadata: "2026-11-20-10-00-00 json",
        bytes: 500,
      },
    ]);
    expect(leftovers.map(({ id }) => id)).toEqual(["cut off"]);
  });

  it("are chosen by name, or the newest of a teammate's", () => {
    expect(chooseSnapshot(snapshots, undefined, "ann@desk")?.by).toBe("bob@tower");
    expect(chooseSnapshot(snapshots, undefined, "eve@lab")?.by).toBe("ann@desk");
    expect(chooseSnapshot(snapshots, "2026-11-21-10-00-00", "ann@desk")?.by).toBe("ann@desk");
    expect(chooseSnapshot(snapshots, "2026-01-01-10-00-00", "ann@desk")).toBeUndefined();
  });
});
