import { Cron } from "croner";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { expectedBy } from "./expected-by.ts";
import { type CronRule, rulesOf, UnreadableSchedule } from "./schedule.ts";

const at = (text: string) => Date.parse(text);
const due = (pattern: string, timezone: string, now: string, oneOf = 1) => {
  const time = expectedBy({ timezone, rules: [{ pattern, oneOf, spread: 0 }] }, at(now));
  return time === undefined ? undefined : new Date(time).toISOString();
};

describe("when a workflow should have run", () => {
  it("is the last time of its pattern, in its own time zone", () => {
    expect(due("0 30 2 * * *", "Europe/Berlin", "2026-07-10T12:00:00Z")).toBe("2026-07-10T00:30:00.000Z");
    expect(due("30 2 * * *", "America/New_York", "2026-07-10T12:00:00Z")).toBe("2026-07-10T06:30:00.000Z");
    expect(due("0 0 9 * * 1-5", "Etc/UTC", "2026-07-12T12:00:00Z")).toBe("2026-07-10T09:00:00.000Z");
  });

  it("does not count on times near a change of the clocks", () => {
    expect(due("0 30 2 * * *", "Europe/Berlin", "2026-03-29T12:00:00Z")).toBe("2026-03-28T01:30:00.000Z");
    expect(due("0 0 */2 * * *", "Europe/Berlin", "2026-10-25T02:30:00Z")).toBe("2026-10-24T20:00:00.000Z");
    expect(due("0 */10 * * * *", "Europe/Berlin", "2026-10-25T02:00:00Z")).toBe("2026-10-24T19:30:00.000Z");
  });

  it("goes back as many times as n8n may leave out", () => {
    expect(due("0 0 4 * * *", "Etc/UTC", "2026-07-10T12:00:00Z", 3)).toBe("2026-07-08T04:00:00.000Z");
  });

  it("is the latest of several rules", () => {
    const rules = [{ everyMs: 3_600_000 }, { pattern: "0 0 0 * * *", oneOf: 1, spread: 0 }];
    expect(expectedBy({ timezone: "Etc/UTC", rules }, at("2026-07-10T12:00:00Z"))).toBe(at("2026-07-10T11:00:00Z"));
  });

  it("is refused for a pattern or a time zone that makes no sense", () => {
    expect(() => due("61 * * * * *", "Etc/UTC", "2026-07-10T12:00:00Z")).toThrow(UnreadableSchedule);
    expect(() => due("0 * * * *", "Mars/Olympus", "2026-07-10T12:00:00Z")).toThrow(UnreadableSchedule);
  });

  const zone = fc.constantFrom("Etc/UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata");
  const moment = fc.integer({ min: at("2024-01-01T00:00:00Z"), max: at("2029-01-01T00:00:00Z") });

  it("is a time of the pattern, not in the future, with no time between it and now but near a change of the clocks", () => {
    const pattern = fc
      .tuple(fc.integer({ min: 0, max: 59 }), fc.integer({ min: 0, max: 59 }), fc.integer({ min: 0, max: 23 }))
      .map(([second, minute, hour]) => `${second} ${minute} ${hour} * * *`);
    fc.assert(
      fc.property(pattern, zone, moment, (text, timezone, now) => {
        const time = expectedBy({ timezone, rules: [{ pattern: text, oneOf: 1, spread: 0 }] }, now) ?? Number.NaN;
        expect(time).toBeLessThanOrEqual(now);
        const cron = new Cron(text, { timezone, paused: true, mode: "5-or-6-parts" });
        expect(cron.match(new Date(time))).toBe(true);
        const day = 86_400_000;
        expect(now - time).toBeLessThanOrEqual(day * 2 + 3_600_000);
        const next = cron.nextRun(new Date(time))?.getTime() ?? Number.NaN;
        if (next < now) expect(offsets(timezone, next - 4 * 3_600_000, next + 4 * 3_600_000)).toHaveLength(2);
      }),
    );
  });

  const intervals = fc.oneof(
    fc.record({ field: fc.constant("minutes"), minutesInterval: fc.integer({ min: 1, max: 59 }) }),
    fc.record({ field: fc.constant("hours"), hoursInterval: fc.integer({ min: 1, max: 23 }) }),
    fc.record({ field: fc.constant("days"), daysInterval: fc.integer({ min: 1, max: 31 }) }),
    fc.record({
      field: fc.constant("weeks"),
      weeksInterval: fc.integer({ min: 1, max: 8 }),
      triggerAtDay: fc.uniqueArray(fc.integer({ min: 0, max: 6 }), { minLength: 1, maxLength: 7 }),
    }),
    fc.record({ field: fc.constant("months"), monthsInterval: fc.integer({ min: 1, max: 14 }) }),
  );

  it("is never later than the last run of a healthy workflow, and passes it when the workflow stops", () => {
    fc.assert(
      fc.property(intervals, zone, moment, (interval, timezone, begin) => {
        const start = {
          name: "S",
          type: "n8n-nodes-base.scheduleTrigger",
          typeVersion: 1,
          parameters: { rule: { interval: [interval] } },
        };
        const rules = rulesOf([start]) as CronRule[];
        const runs = runsOfN8n(interval, rules[0] as CronRule, timezone, begin);
        for (const [index, run] of runs.entries()) {
          const next = runs[index + 1];
          if (!next) break;
          const justBefore = expectedBy({ timezone, rules }, next - 1_000) ?? 0;
          expect(justBefore, `${new Date(next).toISOString()} ${JSON.stringify(interval)}`).toBeLessThanOrEqual(run);
        }
        const last = runs.at(-1) ?? 0;
        const every = Number((interval as Record<string, unknown>)[`${interval.field}Interval`]);
        const muchLater = last + (2 * every + 2) * (longest[interval.field] ?? Number.NaN);
        expect(expectedBy({ timezone, rules }, muchLater)).toBeGreaterThan(last);
      }),
      { numRuns: 100 },
    );
  });
});

/** ms that a unit of an interval can take. */
const longest: Record<string, number> = {
  minutes: 60_000,
  hours: 3_600_000,
  days: 86_400_000,
  weeks: 7 * 86_400_000,
  months: 31 * 86_400_000,
};

function offsets(timezone: string, ...times: number[]): string[] {
  const format = new Intl.DateTimeFormat("en", { timeZone: timezone, timeZoneName: "longOffset" });
  return [
    ...new Set(
      times.map((time) => format.formatToParts(time).find(({ type }) => type === "timeZoneName")?.value ?? ""),
    ),
  ];
}

/**
 * Five runs of a healthy workflow: n8n takes a time of the pattern only when its own count of units has grown enough since
 * the last, modulo the day, the year or 52 weeks.
 */
function runsOfN8n(interval: Record<string, unknown>, rule: CronRule, timezone: string, begin: number): number[] {
  const [unit, every] = [interval.field as string, Number(interval[`${interval.field}Interval`])];
  const cron = new Cron(rule.pattern, { timezone, paused: true, mode: "5-or-6-parts" });
  const runs: number[] = [];
  let last: number | undefined;
  let time = begin;
  while (runs.length < 5) {
    time = cron.nextRun(new Date(time))?.getTime() ?? Number.NaN;
    const count = counted(unit, time, timezone);
    const grown = last === undefined ? every : count - last;
    const enough: Record<string, boolean> = {
      minutes: grown >= every,
      hours: every === 1 || last === undefined || (grown + 24) % 24 >= every,
      days: every === 1 || last === undefined || (grown + 365) % 365 >= every,
      weeks: every === 1 || last === undefined || (grown + 52) % 52 >= every || grown === 0,
      months: every === 1 || grown >= every,
    };
    if (!enough[unit]) continue;
    last = count;
    runs.push(time);
  }
  return runs;
}

function counted(unit: string, time: number, timezone: string): number {
  const format = new Intl.DateTimeFormat("en-CA", {
    timeZone: timezone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
  });
  const parts = Object.fromEntries(format.formatToParts(time).map(({ type, value }) => [type, Number(value)]));
  const { year = 0, month = 0, day = 0, hour = 0 } = parts;
  const newYear = Date.UTC(year, 0, 1);
  const dayOfYear = Math.round((Date.UTC(year, month - 1, day) - newYear) / 86_400_000) + 1;
  // As moment counts weeks in English: from Sunday, and the first one has the first of January in it.
  const week = Math.floor((dayOfYear - 1 + new Date(newYear).getUTCDay()) / 7) + 1;
  const daysToNextYear = Math.round((Date.UTC(year + 1, 0, 1) - Date.UTC(year, month - 1, day)) / 86_400_000);
  const inNextYear = daysToNextYear <= new Date(Date.UTC(year + 1, 0, 1)).getUTCDay();
  const counts: Record<string, number> = {
    minutes: Math.floor(time / 60_000),
    hours: hour,
    days: dayOfYear,
    weeks: inNextYear ? 1 : week,
    months: year * 12 + month,
  };
  return counts[unit] ?? Number.NaN;
}
