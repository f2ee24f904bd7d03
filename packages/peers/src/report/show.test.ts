import { describe, expect, it } from "vitest";
import { Book } from "../book/book.ts";
import type { Session, TableReport } from "../types.ts";
import { showPlan, showSession } from "./show.ts";

const people: TableReport = {
  table: "public.people",
  rows: 1_240,
  inserted: 1_200,
  updated: 30,
  unchanged: 9,
  skipped: 1,
  conflicts: ["7"],
  notes: ["the target has no column fax: left out"],
  verified: false,
};

function session(more: Partial<Session>): Session {
  using book = Book.open(":memory:");
  const options = { compressionEnabled: true, verifyAfterSync: true };
  const names = { sourceName: "Server B", targetName: "Server A", peer: { nodeId: "b", name: "Server B" } };
  book.sessions.insert({ sessionId: "s", direction: "pull", method: "backup", role: "driver", options, ...names });
  return { ...(book.sessions.get("s") as Session), ...more };
}

describe("a session in words", () => {
  it("says counts, bytes, time and what a person should know", () => {
    const { inserted, updated, unchanged, skipped } = people;
    const rows = { inserted, updated, unchanged, skipped };
    const done = session({
      status: "completed",
      rows,
      tables: [people],
      verified: false,
      bytesTransferred: 20_800_000,
      notes: ["a note"],
    });
    expect(showSession(done, 65)).toBe(
      "Server B → Server A: completed, NOT the same on both sides: 1,200 inserted, 30 updated, 9 unchanged, 1 skipped; 20.8 MB in 1 min 5 s\n" +
        "a note\npublic.people: the target has no column fax: left out",
    );
    expect(showSession({ ...done, verified: null, rows: { ...rows, skipped: 0 } }, 1)).toMatch(
      /completed, not verified: .* 9 unchanged;/,
    );
  });

  it("says why it failed and what to do", () => {
    const failed = session({ status: "failed", error: { message: "no route", next: "Check the network" } });
    expect(showSession(failed, 1)).toBe("Server B → Server A: failed: no route. Check the network");
  });

  it("shows a plan by table, with the keys that are in conflict", () => {
    const shown = showPlan(session({ status: "completed", tables: [people] }));
    expect(shown).toContain("nothing was written");
    expect(shown).toMatch(/public\.people .* 1,200 .* 30 .* 9 .* 7/);
  });
});
