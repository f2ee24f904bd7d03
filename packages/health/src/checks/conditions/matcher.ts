import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import { fields } from "../definitions/fields.ts";

const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()]);

const pattern = z.string().superRefine((source, context) => {
  try {
    new RegExp(source);
  } catch (error) {
    context.addIssue({ code: "custom", message: (error as Error).message });
  }
});

const matcherFields = fields({
  equals: z.json().optional(),
  /** Of a text or a list. */
  contains: scalar.optional(),
  /** A regular expression. */
  matches: pattern.optional(),
  below: z.number().optional(),
  above: z.number().optional(),
  /** Both ends count as well. */
  between: z.tuple([z.number(), z.number()]).optional(),
  oneOf: z.array(scalar).min(1).optional(),
  exists: z.boolean().optional(),
}).refine((matcher) => Object.keys(matcher).length > 0, "must name at least one condition");

/** What a value must be like; every part that is named must hold. */
export type Matcher = z.output<typeof matcherFields>;

/** As written: a plain value or a list stands for `equals`. */
export type MatcherInput = Matcher | z.output<typeof scalar> | readonly unknown[];

export const matcher = z.preprocess(
  (written) => (isPlain(written) ? { equals: written } : written),
  matcherFields,
) as unknown as z.ZodType<Matcher, MatcherInput>;

/** Whether a value is as the matcher says; `undefined` stands for a value that is not there. */
export function meets(matcher: Matcher, value: unknown): boolean {
  const { equals, contains, matches, below, above, between, oneOf, exists = true } = matcher;
  if (value === undefined) return !exists;
  if (!exists) return false;
  const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  const isNumber = typeof number === "number" && !Number.isNaN(number);
  return (
    (equals === undefined || isDeepStrictEqual(value, equals)) &&
    (contains === undefined || includes(value, contains)) &&
    (matches === undefined || new RegExp(matches).test(textOf(value))) &&
    (below === undefined || (isNumber && number < below)) &&
    (above === undefined || (isNumber && number > above)) &&
    (between === undefined || (isNumber && number >= between[0] && number <= between[1])) &&
    (oneOf === undefined || oneOf.some((one) => isDeepStrictEqual(value, one)))
  );
}

/** A matcher for people: `below 500`, `"ok"`, `one of 200, 204`. */
export function describeMatcher(matcher: Matcher): string {
  const { equals, contains, matches, below, above, between, oneOf, exists } = matcher;
  return [
    ...(equals === undefined ? [] : [show(equals)]),
    ...(contains === undefined ? [] : [`containing ${show(contains)}`]),
    ...(matches === undefined ? [] : [`matching /${matches}/`]),
    ...(below === undefined ? [] : [`below ${below}`]),
    ...(above === undefined ? [] : [`above ${above}`]),
    ...(between === undefined ? [] : [`between ${between.join(" and ")}`]),
    ...(oneOf === undefined ? [] : [`one of ${oneOf.map(show).join(", ")}`]),
    ...(exists === undefined ? [] : [exists ? "there" : "not there"]),
  ].join(", ");
}

function isPlain(written: unknown): boolean {
  return written === null || typeof written !== "object" || Array.isArray(written);
}

const longest = 120;

/** A value for people, cut when it is long. */
export function show(value: unknown): string {
  const text = value === undefined ? "not there" : JSON.stringify(value);
  return text.length > longest ? `${text.slice(0, longest)}…` : text;
}

function includes(value: unknown, part: unknown): boolean {
  return Array.isArray(value)
    ? value.some((item) => isDeepStrictEqual(item, part))
    : textOf(value).includes(String(part));
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
