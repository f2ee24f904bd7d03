import { statSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { Store } from "./store.ts";
import { day, hour, minute, newStore, second, start, temporaryFolder } from "./testing.ts";

const always = { from: 0, to: Number.MAX_SAFE_INTEGER };

describe("what is known of a check", () => {
  it("is the time between its looks, and its downtime what the looks at its end say", () => {
    const { store, seen, clock } = newStore();
    for (const status of ["healthy", "unhealthy", "unhealthy", "degraded", "healthy"] as const) {
      seen([{ status }]);
      clock.now += 30 * second;
    }
    const { checks, overall } = store.uptime({ from: start, to: clock.now });
    expect(checks).toMatchObject([
      { check: "n8n readiness", healthy: 2, degraded: 1, unhealthy: 2, known: 120 * second, down: 60 * second },
    ]);
    expect(overall).toEqual({ known: 120 * second, down: 60 * second, uptime: 0.5 });
  });

  it("is nothing of the time in which the monitor saw nothing", () => {
    const { store, seen } = newStore();
    seen([{}], start);
    seen([{}], start + minute);
    store.markGap({ from: start + minute, to: start + 3 * hour, why: "stalled" });
    seen([{ status: "unhealthy" }], start + 3 * hour);
    seen([{}], start + 3 * hour + minute);
    expect(store.uptime({ from: start, to: start + 4 * hour }).overall).toEqual({
      known: 2 * minute,
      down: 0,
      uptime: 1,
    });
    expect(store.gaps(always)).toEqual([{ from: start + minute, to: start + 3 * hour, why: "stalled" }]);
  });

  it("is thrice its interval at most, if nobody said why it was not looked at", () => {
    const { store, seen } = newStore();
    seen([{ interval: 30 * second }], start);
    seen([{ interval: 30 * second, status: "unhealthy" }], start + day);
    expect(store.uptime({ from: start, to: start + 2 * day }).overall).toMatchObject({
      known: 90 * second,
      down: 90 * second,
    });
  });

  it("is not less for a gap that a clock left in the future", () => {
    const { store, seen } = newStore();
    store.markGap({ from: start, to: start + 900 * day, why: "the clock was set forward" });
    store.markGap({ from: start + 900 * day, to: start, why: "the clock was set back" });
    seen([{}], start + minute);
    seen([{}], start + 2 * minute);
    expect(store.uptime({ from: start, to: start + hour }).overall.known).toBe(minute);
  });

  it("goes on where another run of the monitor ended", () => {
    const { store, seen, file, compact, clock } = newStore();
    seen([{ seen: "status 200 in 20 ms" }], start);
    clock.now = start + hour;
    compact();
    using next = Store.open(file, { maxBytes: 1e8, historyDays: 365, now: () => clock.now });
    next.commit({
      at: start + minute,
      results: [{ check: "n8n readiness", service: "n8n", status: "healthy", ms: 9, seen: "status 200 in 9 ms" }],
    });
    expect(next.uptime({ from: start, to: clock.now }).overall.known).toBe(minute);
    expect(store.changes(always).items).toHaveLength(1);
  });
});

it("keeps what was seen when it tells something new, not when only a figure differs", () => {
  const { store, seen, clock } = newStore();
  const texts = [
    "status 200 in 20 ms",
    "status 200 in 31.5 ms",
    "connection refused",
    "connection refused",
    "status 200 in 8 ms",
  ];
  for (const text of texts) {
    clock.now += 30 * second;
    seen([{ seen: text, status: text.startsWith("status") ? "healthy" : "unhealthy" }]);
  }
  const words = store
    .changes({ ...always, check: "n8n readiness" })
    .items.map(({ status, seen }) => `${status}: ${seen}`);
  expect(words).toEqual([
    "healthy: status 200 in 8 ms",
    "unhealthy: connection refused",
    "healthy: status 200 in 20 ms",
  ]);
  expect(store.latest()).toEqual([
    {
      check: "n8n readiness",
      service: "n8n",
      at: clock.now,
      status: "healthy",
      ms: 20,
      seen: "status 200 in 8 ms",
    },
  ]);
});

it("knows the last result of a check whose looks are all packed", () => {
  const { store, seen, compact, clock } = newStore();
  seen([{ status: "degraded", ms: 77, seen: "slow" }]);
  clock.now += hour;
  compact();
  expect(store.latest()).toMatchObject([{ at: start, status: "degraded", ms: 77, seen: "slow" }]);
});

it("takes a batch from before the last one, as of a clock that was set back", () => {
  const { store, seen, compact, clock } = newStore();
  clock.now = start + 5 * hour;
  seen([{}]);
  clock.now = start + 7 * hour;
  compact();
  for (const at of [start + hour, start + hour, start + 5 * hour]) {
    seen([{ status: "unhealthy" }], at);
    compact();
  }
  const { points } = store.history({ from: start, to: start + 8 * hour, points: 8 }).items[0] ?? { points: [] };
  expect(points.map(({ at, healthy, unhealthy }) => [(at - start) / hour, healthy, unhealthy])).toEqual([
    [1, 0, 2],
    [5, 1, 1],
  ]);
});

describe("a page of history", () => {
  it("is as fine as the points allow and as what is still kept", () => {
    const { store, seen, clock } = newStore();
    seen([{}]);
    clock.now = start + 40 * day;
    const resolution = (days: number, points: number, end = clock.now) =>
      store.history({ from: end - days * day, to: end, points }).resolution;
    expect(resolution(0.01, 1_000)).toBe(second);
    expect(resolution(1, 1_440)).toBe(minute);
    expect(resolution(30, 300)).toBe(3 * hour);
    expect(resolution(1, 1_000, clock.now - 10 * day)).toBe(2 * minute);
    expect(resolution(1, 1_440, clock.now - 35 * day)).toBe(hour);
  });

  it("ends, and its cursor leads on", () => {
    const { store, seen } = newStore();
    seen(["e", "a", "d", "b", "c"].map((check) => ({ check })));
    const names: string[][] = [];
    let cursor: string | undefined;
    do {
      const page = store.history({ from: start, to: start + hour, limit: 2, cursor });
      names.push(page.items.map(({ check }) => check));
      cursor = page.next;
    } while (cursor);
    expect(names).toEqual([["a", "b"], ["c", "d"], ["e"]]);
  });

  it("is of one check or one service, where asked", () => {
    const { store, seen } = newStore();
    seen([{ check: "a" }, { check: "b" }, { check: "c", service: "letta" }]);
    const names = (query: { check?: string; service?: string }) =>
      store.history({ from: start, to: start + hour, ...query }).items.map(({ check }) => check);
    expect(names({ check: "b" })).toEqual(["b"]);
    expect(names({ service: "letta" })).toEqual(["c"]);
    expect(names({ check: "b", service: "letta" })).toEqual([]);
  });

  it.each([{ limit: 0 }, { limit: 501 }, { points: 0 }, { points: 1.5 }, { points: 100_001 }])(
    "refuses %o",
    (query) => {
      const { store } = newStore();
      expect(() => store.history({ ...always, ...query })).toThrow(/must be a whole number from 1 to/);
    },
  );
});

describe("events, incidents, errors", () => {
  it("come newest first, page by page, each once", () => {
    const { store } = newStore();
    const kinds = Array.from({ length: 25 }, (_, index) => `kind ${index}`);
    for (const [index, kind] of kinds.entries()) {
      store.commit({ at: start + Math.floor(index / 10) * minute, events: [{ kind, text: "so" }] });
    }
    const found: string[] = [];
    let cursor: string | undefined;
    do {
      const page = store.events({ from: start, to: start + hour, limit: 7, cursor });
      found.push(...page.items.map(({ kind }) => kind));
      cursor = page.next;
    } while (cursor);
    expect(found).toEqual(kinds.toReversed());
    expect(() => store.events({ ...always, cursor: "1; drop table event" })).toThrow(/is no cursor/);
  });

  it("incidents are put in the place of the one with their id, and found while they were open", () => {
    const { store } = newStore();
    const incident = {
      id: "i1",
      service: "n8n",
      checks: ["n8n readiness"],
      severity: "critical" as const,
      openedAt: start,
    };
    store.commit({ at: start, incidents: [incident] });
    expect(store.incidents({ from: start + day, to: start + 2 * day }).items).toEqual([incident]);
    const closed = { ...incident, checks: ["n8n readiness", "n8n database"], closedAt: start + hour };
    store.commit({ at: start + hour, incidents: [closed] });
    expect(store.incidents({ from: start, to: start + day }).items).toEqual([closed]);
    expect(store.incidents({ from: start + day, to: start + 2 * day }).items).toEqual([]);
  });

  it("errors are counted by kind, and a new kind is an event", () => {
    const { store } = newStore();
    const error = { service: "n8n", pattern: "ERROR ‹n›", sample: "ERROR 17", count: 3 };
    store.commit({ at: start, errors: [error] });
    store.commit({ at: start + 2 * hour, errors: [{ ...error, sample: "ERROR 18", count: 4 }] });
    const counted = { ...error, sample: "ERROR 18", firstAt: start, lastAt: start + 2 * hour };
    expect(store.errors({ from: start, to: start + day }).items).toEqual([{ ...counted, count: 7 }]);
    expect(store.errors({ from: start + hour, to: start + day }).items).toEqual([{ ...counted, count: 4 }]);
    expect(store.events(always).items).toEqual([{ at: start, kind: "new error", service: "n8n", text: "ERROR 17" }]);
  });
});

it("knows what services used", () => {
  const { store } = newStore();
  const usage = (cpu: number, memory: number) => [{ service: "n8n", cpu, memory, memoryLimit: 2e9 }];
  store.commit({ at: start, usage: usage(0.25, 4e8) });
  store.commit({ at: start + 30 * second, usage: usage(0.75, 6e8) });
  expect(store.usage({ from: start, to: start + hour, points: 60 }).items).toEqual([
    {
      service: "n8n",
      points: [{ at: start, cpu: { avg: 0.5, max: 0.75 }, memory: { avg: 5e8, max: 6e8 }, memoryLimit: 2e9 }],
    },
  ]);
  expect(store.latest()).toEqual([]);
});

it("keeps state and notices with what led to them, or nothing of it", () => {
  const { store } = newStore();
  expect(store.loadState()).toBeUndefined();
  store.commit({
    at: start,
    state: { failures: 1 },
    notices: [{ channel: "mail", key: "i1 problem", payload: { text: "down" } }],
  });
  const broken = { channel: "mail", key: "i1 recovery", payload: 1n };
  const results = [{ check: "n8n readiness", service: "n8n", status: "healthy" as const, ms: 20 }];
  const batch = {
    at: start + 1,
    results,
    state: { failures: 2 },
    events: [{ kind: "k", text: "t" }],
    notices: [broken],
  };
  expect(() => store.commit(batch)).toThrow(TypeError);
  expect(() => store.commit({ at: Number.NaN, state: {} })).toThrow(RangeError);
  expect(store.loadState()).toEqual({ failures: 1 });
  expect(store.events(always).items).toEqual([]);
  expect(store.latest()).toEqual([]);
  store.commit({ at: start + minute, results });
  expect(store.latest()).toMatchObject([{ check: "n8n readiness", at: start + minute }]);
  const [notice] = store.due(start, 10);
  expect(notice).toMatchObject({ channel: "mail", key: "i1 problem", payload: { text: "down" } });
  expect(store.failed(notice?.id ?? 0, "550 no such mailbox", start)).toBeGreaterThanOrEqual(start);
  expect(store.pending()).toMatchObject([{ channel: "mail", waiting: 1, error: "550 no such mailbox" }]);
  store.delivered(notice?.id ?? 0, start);
  expect(store.pending()).toEqual([]);
});

it("keeps the last beat of a job, and its last success", () => {
  const { store } = newStore();
  store.beat("backup", "success", start);
  store.beat("backup", "start", start + hour);
  store.beat("backup", "fail", start + 2 * hour);
  store.beat("sync", "start", start);
  expect(store.lastBeats()).toEqual([
    { name: "backup", kind: "fail", at: start + 2 * hour, lastSuccess: start },
    { name: "sync", kind: "start", at: start, lastSuccess: undefined },
  ]);
});

it("silences until a time, and says so in its events", () => {
  const { store } = newStore();
  const silence = { check: "n8n", until: start + hour, why: "upgrade", who: "ada@laptop", at: start };
  store.silence(silence);
  expect(store.silences(start + hour - 1)).toEqual([silence]);
  expect(store.silences(start + hour)).toEqual([]);
  expect(store.unsilence({ check: "letta", who: "ada@laptop", at: start })).toBe(false);
  expect(store.unsilence({ check: "n8n", who: "grace@laptop", at: start + minute })).toBe(true);
  expect(store.silences(start + minute)).toEqual([]);
  expect(store.events(always).items.map(({ kind, text }) => `${kind}: ${text}`)).toEqual([
    "silence ended: n8n by grace@laptop",
    "silence: n8n until 2024-10-04 01:00:00 UTC by ada@laptop: upgrade",
  ]);
});

it("is read by its owner only", () => {
  const { store, seen, file } = newStore();
  seen([{}]);
  expect(store.opened).toBe("new");
  for (const part of ["", "-wal", "-shm"]) expect(statSync(file + part).mode & 0o777).toBe(0o600);
});

it("is not begun by a verb", () => {
  const file = `${temporaryFolder()}/none.sqlite`;
  expect(() => Store.join(file, { maxBytes: 1e8, historyDays: 365 })).toThrow("There is no history yet");
});

it("knows of an incident what each check saw last while it lasted", () => {
  const { store, seen } = newStore();
  seen([{ status: "unhealthy", seen: "refused" }], start);
  seen([{ status: "unhealthy", seen: "status 503" }], start + minute);
  seen([{ status: "healthy", seen: "status 200" }], start + 2 * minute);
  seen([{ status: "degraded", seen: "slow" }], start + 9 * minute);
  const incident = { id: "i", service: "n8n", checks: ["n8n readiness", "gone"], severity: "critical" } as const;
  const gone = { check: "gone", seen: "" };
  const closed = { ...incident, openedAt: start, closedAt: start + 2 * minute };
  expect(store.reasons(closed)).toEqual([{ check: "n8n readiness", seen: "status 503" }, gone]);
  expect(store.reasons({ ...incident, openedAt: start + 9 * minute })).toEqual([
    { check: "n8n readiness", seen: "slow" },
    gone,
  ]);
});
