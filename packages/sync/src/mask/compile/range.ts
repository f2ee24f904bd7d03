import type { TypeShape } from "@understudy/postgres";
import type { MaskRule } from "../../policy/policy.ts";
import { daysOf, moveDate } from "../maskers/date.ts";
import type { MaskContext } from "./context.ts";
import type { MaskedValue } from "./masked-value.ts";
import type { Place } from "./place.ts";

const bounds: Readonly<Record<string, string>> = { daterange: "date", tsrange: "timestamp", tstzrange: "timestamptz" };

export function isDateRange({ kind, base }: TypeShape): boolean {
  return kind === "range" && Object.hasOwn(bounds, base);
}

/** A range of dates with both ends moved alike. */
export function maskRange({ value, shape }: Place, { distinct, options }: MaskRule, context: MaskContext): MaskedValue {
  const base = bounds[shape.base] as string;
  const first = `coalesce(lower(${value}), upper(${value}))`;
  const days = daysOf({
    ...context,
    base,
    value: first,
    distinct: distinct || context.distinct,
    maxLength: undefined,
    labels: [],
    options,
  });
  const [from, to] = [`lower(${value})`, `upper(${value})`].map((bound) => moveDate(bound, base, "moved.days"));
  const ends = `CASE WHEN lower_inc(${value}) THEN '[' ELSE '(' END || CASE WHEN upper_inc(${value}) THEN ']' ELSE ')' END`;
  const moved = `(SELECT ${shape.base}(${from}, ${to}, ${ends}) FROM (SELECT ${days} AS days OFFSET 0) AS moved)`;
  return { sql: `CASE WHEN isempty(${value}) OR ${first} IS NULL THEN ${value} ELSE ${moved} END`, personal: [] };
}
