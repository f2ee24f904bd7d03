import { z } from "zod";
import { hashNumber } from "../hash/keyed-hash.ts";
import { isDate, isText } from "../kinds.ts";
import type { Masker, MaskInput } from "../masker.ts";

const options = z.object({
  /** Most days that a date is moved. */
  days: z.int().min(1).max(36_500).default(180),
});

export const date: Masker = {
  name: "date",
  about:
    "A date, with or without time, moved by up to `days` (180) days. With `person` all dates of a person move alike, so that their order stays; without, dates of one day move alike; distinct ones all move alike.",
  example: { before: "1984-02-29", after: "1983-12-18" },
  options,
  accepts: (shape) => isDate(shape) || isText(shape),
  sql: (input) => (input.base === "text" ? moveText(input) : moveDate(input.value, input.base, daysOf(input))),
  constants: [],
  fingerprint: undefined,
};

/** SQL of a date or time that is moved by whole days; `infinity` stays. */
export function moveDate(value: string, base: string, days: string): string {
  // Not an interval of days: those of `timestamptz` would depend on the session's time zone.
  const by = base === "date" ? days : `(${days}) * interval '24 hours'`;
  return `CASE WHEN isfinite(${value}) THEN ${value} + ${by} ELSE ${value} END`;
}

/** SQL of the days that a value is moved by, an `integer` that is never 0. */
export function daysOf(input: MaskInput): string {
  const { days } = options.parse(input.options);
  const odd = days % 2 ? days : days - 1;
  const reason = input.distinct ? "'all'" : (input.person ?? dayOf(input));
  return `(${hashNumber(reason, "date")} % ${odd + 1} * 2 - ${odd})::int`;
}

/** A day as text, the same for every type and session. */
function dayOf({ base, value }: MaskInput): string {
  if (base === "text") return `left(${value}, 10)`;
  return `to_char(${value}${base === "timestamptz" ? " AT TIME ZONE 'UTC'" : ""}, 'YYYY-MM-DD')`;
}

/** ISO 8601, a time behind it stays. Whatever else stands there is no date. */
function moveText(input: MaskInput): string {
  const { value } = input;
  const iso = "^(?!0000)[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])([T ][0-9:.,+Z -]*)?$";
  const day = `(left(${value}, 8) || '01')::date + substr(${value}, 9, 2)::int - 1`;
  return `CASE WHEN ${value} COLLATE "C" ~ '${iso}'
    THEN to_char(${day} + ${daysOf(input)}, 'YYYY-MM-DD') || substr(${value}, 11) ELSE '1970-01-01' END`;
}
