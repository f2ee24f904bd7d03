import { Cron } from "croner";
import { type CronRule, type Schedule, UnreadableSchedule } from "./schedule.ts";

const hour = 3_600_000;

/**
 * The moment since which a healthy workflow must have started by `now`: the last time of its schedule. Both in ms since
 * the epoch. Times within three hours of a change of the clocks are not counted on: cron libraries, n8n's among them,
 * differ there. Undefined when nothing fell due yet.
 * @throws UnreadableSchedule for a pattern or a time zone that makes no sense.
 */
export function expectedBy({ rules, timezone }: Schedule, now: number): number | undefined {
  const times = rules.map((rule) => ("everyMs" in rule ? now - rule.everyMs : lastTime(rule, timezone, now)));
  const due = times.filter((time) => time !== undefined);
  return due.length ? Math.max(...due) : undefined;
}

function lastTime(rule: CronRule, timezone: string, now: number): number | undefined {
  const { cron, offset } = read(rule.pattern, timezone);
  let left = rule.oneOf;
  let before = now - rule.spread;
  for (;;) {
    const time = cron.previousRuns(1, new Date(before))[0]?.getTime();
    if (time === undefined) return undefined;
    const clocksChange = offset(time - 3 * hour) !== offset(time + 3 * hour);
    if (!clocksChange && --left === 0) return time;
    before = clocksChange ? time - 3 * hour : time;
  }
}

/** The times of a pattern; and the offset of a time zone from UTC at a moment, as text. */
function read(pattern: string, timezone: string): { cron: Cron; offset: (time: number) => string | undefined } {
  try {
    const cron = new Cron(pattern, { timezone, paused: true, mode: "5-or-6-parts", sloppyRanges: true });
    const format = new Intl.DateTimeFormat("en", { timeZone: timezone, timeZoneName: "longOffset" });
    const offset = (time: number) => format.formatToParts(time).find(({ type }) => type === "timeZoneName")?.value;
    return { cron, offset };
  } catch (error) {
    throw new UnreadableSchedule(`"${pattern}" in ${timezone}: ${(error as Error).message}`);
  }
}
