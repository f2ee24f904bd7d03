import { statSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, it } from "vitest";
import { day, hour, minute, newStore, second, start } from "./testing.ts";

describe("what is kept, and how long", () => {
  it("single looks for a day, minutes for a month, hours and days for as long as is set", () => {
    const { store, seen, compact, clock, file } = newStore({ historyDays: 100 });
    for (let looks = 0; looks < 240; looks++) {
      seen([{ ms: 10 + looks }]);
      clock.now += 30 * second;
    }
    const resolutions = () => {
      using db = new DatabaseSync(file, { readOnly: true });
      return db
        .prepare("select distinct tier from segment order by tier")
        .all()
        .map(({ tier }) => tier);
    };
    const kept: unknown[] = [];
    for (const age of [hour, 2 * day, 40 * day, 200 * day]) {
      clock.now = start + age;
      compact();
      kept.push(resolutions());
    }
    expect(kept).toEqual([[0, 1, 2, 3], [1, 2, 3], [2, 3], []]);
    expect(store.latest()).toEqual([]);
  });

  it("of events, changes, errors, incidents and gaps what is younger; of incidents also those that are open", () => {
    const { store, seen, compact, clock } = newStore({ historyDays: 10 });
    const write = () => {
      const at = clock.now;
      const incident = { id: `i${at}`, service: "n8n", checks: [], severity: "critical" as const, openedAt: at };
      seen([{ seen: `version ${at === start ? "one" : "two"}` }]);
      store.commit({
        at,
        events: [{ kind: "deploy", text: "done" }],
        errors: [{ service: "n8n", pattern: "E", sample: "E", count: 1 }],
        incidents: [
          { ...incident, closedAt: at },
          { ...incident, id: `open ${at}` },
        ],
      });
      store.markGap({ from: at, to: at + minute, why: "stalled" });
    };
    write();
    clock.now = start + 11 * day;
    write();
    compact();
    const always = { from: 0, to: Number.MAX_SAFE_INTEGER };
    expect(store.events(always).items.map(({ at }) => at)).toEqual([clock.now]);
    expect(store.changes(always).items.map(({ seen }) => seen)).toEqual(["version two"]);
    expect(store.errors(always).items).toMatchObject([{ firstAt: start, lastAt: clock.now }]);
    expect(store.gaps(always).map(({ from }) => from)).toEqual([clock.now]);
    expect(store.incidents(always).items.map(({ id }) => id)).toEqual([
      `open ${clock.now}`,
      `i${clock.now}`,
      `open ${start}`,
    ]);
  });

  it("forgets silences that are over and notices that were delivered long ago", () => {
    const { store, compact, clock } = newStore();
    store.silence({ check: "n8n", until: start + hour, why: "so", who: "ada", at: start });
    store.commit({ at: start, notices: [{ channel: "mail", key: "k", payload: {} }] });
    store.delivered(store.due(start, 1)[0]?.id ?? 0, start);
    clock.now = start + 40 * day;
    compact();
    expect(store.silences(start)).toEqual([]);
    store.commit({ at: clock.now, notices: [{ channel: "mail", key: "k", payload: {} }] });
    expect(store.due(clock.now, 1)).toHaveLength(1);
  });
});

it("removes the oldest when the file is too large, and gives the space back", { timeout: 60_000 }, () => {
  const maxBytes = 300_000;
  const { store, compact, clock, file } = newStore({ maxBytes });
  const checks = Array.from({ length: 30 }, (_, index) => `check ${index}`);
  using db = new DatabaseSync(file);
  let largest = 0;
  while (clock.now < start + 8 * day) {
    const results = checks.map((check) => ({
      check,
      service: "n8n",
      status: "healthy" as const,
      ms: Math.random() * 5_000,
    }));
    store.commit({ at: clock.now, results });
    clock.now += 10 * minute;
    if (clock.now % hour === 0) {
      compact();
      db.exec("pragma wal_checkpoint(truncate)");
      largest = Math.max(largest, statSync(file).size);
    }
  }
  expect(largest).toBeLessThanOrEqual(maxBytes);
  expect(largest).toBeGreaterThan(maxBytes / 2);
  const counts = (from: number) =>
    store
      .uptime({ from, to: from + 12 * hour, check: "check 7" })
      .checks.reduce((sum, { healthy }) => sum + healthy, 0);
  expect(counts(start)).toBe(0);
  expect(counts(clock.now - 12 * hour)).toBe(72);
});

it("makes a year small: a minute takes three bytes at most, an hour six", { timeout: 60_000 }, () => {
  const { store, compact, clock, file } = newStore();
  const days = 20;
  const looks = days * 24 * 60;
  for (let look = 0; look < looks; look++) {
    store.commit({
      at: clock.now,
      results: [{ check: "n8n", service: "n8n", status: "healthy", ms: 30 + 8 * Math.random() }],
    });
    clock.now += 60 * second;
    if (look % 60 === 0) compact();
  }
  compact();
  const bytes = (tier: number) => {
    using db = new DatabaseSync(file, { readOnly: true });
    return Number(db.prepare("select sum(length(buckets)) as bytes from segment where tier = ?").get(tier)?.bytes);
  };
  expect(bytes(1)).toBeLessThan(looks * 3);
  expect(bytes(2)).toBeLessThan(days * 24 * 6);
  const { points } = store.history({ from: start, to: clock.now, points: days * 24 }).items[0] ?? { points: [] };
  expect(points).toHaveLength(days * 24);
  expect(points.every(({ healthy, known }) => healthy === 60 && known > 59 * minute - 1)).toBe(true);
});

it("works in steps that end", () => {
  const { store, seen, clock } = newStore();
  const checks = Array.from({ length: 100 }, (_, index) => ({ check: `check ${index}` }));
  for (let round = 0; round < 20; round++) {
    seen(checks);
    clock.now += 30 * second;
  }
  clock.now += hour;
  let steps = 0;
  while (store.compact(clock.now)) steps++;
  expect(steps).toBeGreaterThan(100 / 8);
  expect(steps).toBeLessThan(100);
  expect(store.compact(clock.now)).toBe(false);
  expect(store.uptime({ from: start, to: clock.now }).checks.every(({ healthy }) => healthy === 20)).toBe(true);
});
