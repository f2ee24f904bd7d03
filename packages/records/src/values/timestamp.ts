const written =
  /^(\d{4,6})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,6})\d*)?)?)?\s*(Z|[+-]\d\d(?::?\d\d)?)?$/;

const inUtc = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?(?:Z|\+00)$/;

/**
 * A moment as `2026-11-22T15:46:21.123456Z`, always with microseconds, from the forms that Postgres, SQLite and ISO 8601 write; without
 * an offset it is UTC. What is none of these (`infinity`, years before Christ) stays what it is.
 */
export function canonicalTimestamp(text: string): string {
  // As nearly all come: from Postgres, or canonical already.
  const [, date, clock, micros = ""] = inUtc.exec(text) ?? [];
  if (date) return `${date}T${clock}.${micros.padEnd(6, "0")}Z`;
  const [, year, month, day, hour = "00", minute = "00", second = "00", fraction = "", offset = "Z"] =
    written.exec(text) ?? [];
  if (!year || !month || !day) return text;
  const utc = Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second));
  // The 45th of a month is no day, though JavaScript counts on.
  if (Number.isNaN(utc) || new Date(utc).getUTCDate() !== Number(day) || Number(month) > 12) return text;
  const moment = new Date(utc - minutesOf(offset) * 60_000);
  const [utcDay, utcTime] = moment.toISOString().split("T") as [string, string];
  return `${utcDay}T${utcTime.slice(0, 8)}.${fraction.padEnd(6, "0")}Z`;
}

/** ms since the epoch; microseconds are cut off. NaN for what is no moment. */
export function msOfTimestamp(text: string): number {
  return Date.parse(canonicalTimestamp(text).replace(/(\.\d{3})\d+Z$/, "$1Z"));
}

/** The canonical text of ms since the epoch. */
export function timestampOf(ms: number): string {
  return canonicalTimestamp(new Date(ms).toISOString());
}

function minutesOf(offset: string): number {
  if (offset === "Z") return 0;
  const [, sign, hours, minutes = "0"] = /^([+-])(\d\d):?(\d\d)?$/.exec(offset) ?? [];
  return (sign === "-" ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
}
