import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { Point } from "./check-history.ts";
import { statuses } from "./looks.ts";
import { Store } from "./store.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "history-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const hour = 3_600;
/** Seconds: the beginning of an hour. */
const begin = 400_000 * hour;
const day = 24 * hour;
const today = Math.floor(begin / day) * day;
const names = ["a", "b", "c"];

interface Seen {
  readonly check: string;
  readonly at: number;
  readonly status: number;
  readonly ms: number;
  readonly known: number;
}

const batches = fc.array(
  fc.record({
    /** Seconds since the batch before; a clock can be set back. */
    step: fc.oneof(
      { weight: 6, arbitrary: fc.nat(90) },
      { weight: 1, arbitrary: fc.integer({ min: -5_000, max: 9_000 }) },
    ),
    looks: fc.array(fc.record({ name: fc.nat(2), status: fc.nat(2), ms: fc.nat(5_000) }), { maxLength: 4 }),
    /** Steps of upkeep after it, and how far its clock is ahead. */
    steps: fc.nat(3),
    ahead: fc.constantFrom(0, 0, 2_000, 40_000),
  }),
  { maxLength: 60 },
);

/** What the list of looks comes to, by the simplest of means. */
function expected(seen: readonly Seen[], width: number, from: number, to: number): Point[] {
  const groups = Map.groupBy(
    seen.filter(({ at }) => at >= from && at < to),
    ({ at }) => Math.floor(at / width) * width,
  );
  return [...groups]
    .sort(([a], [b]) => a - b)
    .map(([start, looks]) => {
      const ms = looks.map((look) => look.ms);
      const count = (status: number) => looks.filter((look) => look.status === status).length;
      const known = (some: readonly Seen[]) => some.reduce((sum, look) => sum + look.known, 0) * 1_000;
      return {
        at: start * 1_000,
        healthy: count(0),
        degraded: count(1),
        unhealthy: count(2),
        known: known(looks),
        down: known(looks.filter(({ status }) => status === 2)),
        min: Math.min(...ms),
        avg: Math.round(ms.reduce((sum, value) => sum + value, 0) / ms.length),
        max: Math.max(...ms),
      };
    });
}

it("keeps exactly what the list of looks says, whenever it is packed", { timeout: 60_000 }, () => {
  let run = 0;
  fc.assert(
    fc.property(batches, (given) => {
      let at = begin + 10 * hour;
      using store = Store.open(join(folder, `${run++}.sqlite`), {
        maxBytes: 1e8,
        historyDays: 365,
        now: () => at * 1_000,
      });
      const seen: Seen[] = [];
      for (const { step, looks, steps, ahead } of given) {
        at += step;
        const results = looks.map(({ name, status, ms }) => {
          const check = names[name] ?? "a";
          const last = seen.findLast((look) => look.check === check);
          seen.push({ check, at, status, ms, known: last ? Math.max(0, at - last.at) : 0 });
          return { check, service: "n8n", status: statuses[status] ?? "healthy", ms };
        });
        store.commit({ at: at * 1_000, results });
        for (let index = 0; index < steps; index++) store.compact((at + ahead) * 1_000);
      }
      const points = (check: string, width: number, from: number, count: number) => {
        const query = { check, from: from * 1_000, to: (from + count * width) * 1_000, points: count };
        const page = store.history(query);
        expect(page.resolution).toBe(width * 1_000);
        return page.items[0]?.points ?? [];
      };
      for (const check of names) {
        const own = seen.filter((look) => look.check === check);
        expect(points(check, day, today, 4)).toEqual(expected(own, day, today, today + 4 * day));
        expect(points(check, hour, begin, 60)).toEqual(expected(own, hour, begin, begin + 60 * hour));
        expect(points(check, 60, begin, 40 * 60)).toEqual(expected(own, 60, begin, begin + 40 * hour));
        const near = at - 2_000;
        expect(points(check, 1, near, 4_000)).toEqual(expected(own, 1, near, near + 4_000));
        expect(store.latest().find((last) => last.check === check)?.at).toBe(
          own.length ? (own.at(-1)?.at ?? 0) * 1_000 : undefined,
        );
      }
    }),
    { numRuns: 150 },
  );
});
