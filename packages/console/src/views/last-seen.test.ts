import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { HistoryStore } from "@understudy/health";
import { expect, it, onTestFinished } from "vitest";
import { lastSeen } from "./last-seen.ts";

const [minute, hour] = [60_000, 3_600_000];
const now = Date.parse("2026-11-23T12:00:00Z");

/** @param checks ms between looks, and ms ago of the first and the last look */
function seen(checks: Readonly<Record<string, readonly [every: number, from: number, to: number]>>) {
  const folder = mkdtempSync(join(tmpdir(), "understudy-seen-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const store = HistoryStore.open(join(folder, "history.sqlite"), { maxBytes: 1e8, historyDays: 365 });
  onTestFinished(() => store.close());
  const looks = Object.entries(checks)
    .flatMap(([check, [interval, from, to]]) =>
      Array.from({ length: Math.floor((from - to) / interval) + 1 }, (_, index) => ({
        at: now - from + index * interval,
        results: [{ ...{ check, interval, service: "app", ms: 1, seen: "" }, status: "unhealthy" as const }],
      })),
    )
    .toSorted((a, b) => a.at - b.at);
  for (const look of looks) store.commit(look);
  const { looks: current, ...rest } = lastSeen(store, now);
  return { ...rest, checks: current.map(({ check }) => check) };
}

it("leaves out what was removed, not what is looked at seldom", () => {
  expect(
    seen({
      often: [minute, 2 * hour, 0],
      hourly: [hour, 20 * hour, hour],
      removed: [minute, 5 * hour, hour],
      "of last month": [hour, 750 * hour, 700 * hour],
      "looked at once": [24 * hour, 6 * hour, 6 * hour],
    }),
  ).toEqual({ checks: ["hourly", "looked at once", "often"], lookedAt: now, watches: true });
});

it("knows that nobody watches any more, by how often somebody did", () => {
  expect(seen({ often: [minute, 9 * hour, 6 * minute] }).watches).toBe(false);
  expect(seen({ often: [minute, 9 * hour, 4 * minute] }).watches).toBe(true);
  expect(seen({ hourly: [hour, 9 * hour, 2 * hour] }).watches).toBe(true);
  expect(seen({ often: [minute, 90 * hour, 80 * hour] })).toEqual({
    ...{ checks: ["often"], lookedAt: now - 80 * hour, watches: false },
  });
  expect(seen({})).toEqual({ checks: [], lookedAt: undefined, watches: false });
});
