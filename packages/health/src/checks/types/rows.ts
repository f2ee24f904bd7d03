import type { z } from "zod";
import type { Observation, Thresholds } from "../check.ts";
import { judge } from "../conditions/judge.ts";
import { matcher, show } from "../conditions/matcher.ts";
import { measure } from "../conditions/measure.ts";
import { fields } from "../definitions/fields.ts";
import { count } from "../words.ts";

/** What a definition may say of a query's answer. */
export const queried = {
  /** First value of the first row. */
  value: matcher.optional(),
  /** How many rows. */
  rows: matcher.optional(),
};

export const expectedRows = fields(queried).prefault({});

interface Definition {
  readonly expect: z.output<typeof expectedRows>;
  readonly thresholds?: Partial<Thresholds> | undefined;
}

/** Whether a query's rows are as expected. Thresholds are for the value. */
export function observeRows({ expect, thresholds }: Definition, rows: readonly (readonly unknown[])[]): Observation {
  const value = rows[0]?.[0];
  const conditions = [
    { what: "value", value, matcher: expect.value },
    { what: "rows", value: rows.length, matcher: expect.rows },
  ];
  const summary = rows.length === 1 ? `value ${show(value)}` : count(rows.length, "row");
  return measure(judge(conditions, summary), value, thresholds);
}
