import { UserError } from "@understudy/core";
import { z } from "zod";
import { hashNumber } from "../hash/keyed-hash.ts";
import { permute } from "../hash/permute.ts";
import { isInteger, isNumber, isText } from "../kinds.ts";
import type { Masker, MaskInput } from "../masker.ts";

const options = z.object({
  /** How far a number goes from its own at most. */
  percent: z.number().gt(0).max(90).default(10),
});

export const number: Masker = {
  name: "number",
  about:
    "A number, larger or smaller by up to `percent` (10) of itself, at least by one in its last digit. Zero, the sign and the type's range stay. Distinct whole numbers become other ones of the same sign.",
  example: { before: "52000", after: "47216" },
  options,
  accepts: (shape) => isNumber(shape) || isText(shape),
  sql: (input) => (input.distinct ? distinctNumber(input) : noisy(input)),
  constants: [],
  fingerprint: undefined,
};

function noisy(input: MaskInput): string {
  const { base, value } = input;
  if (base === "text") {
    const inner = noisyDecimal(`${value}::numeric`, undefined, input);
    return `CASE WHEN ${value} COLLATE "C" ~ '^[+-]?[0-9]{1,255}([.][0-9]{1,255})?$' THEN (${inner})::text ELSE '0' END`;
  }
  if (base === "float4" || base === "float8") return noisyFloat(input);
  const limits: Readonly<Record<string, string>> = { int2: "32767", int4: "2147483647", int8: "9223372036854775807" };
  const ten = input.maxLength === undefined ? undefined : `${10n ** BigInt(input.maxLength)} - 1`;
  return noisyDecimal(isInteger(base) ? `${value}::numeric` : value, limits[base] ?? ten, input);
}

/** Of a `numeric`: by a part of it in its own last digit or above, and down where up has no room. */
function noisyDecimal(value: string, most: string | undefined, input: MaskInput): string {
  const { percent } = options.parse(input.options);
  const text = `trim_scale(${value})::text`;
  const step = `greatest(round(size * ${percent} * (hash % 1000 + 1) / 100000, scale(size)), 10.0 ^ -scale(size))`;
  const up = most ? `hash & 1024 = 0 AND size + step <= ${most}` : "hash & 1024 = 0";
  const noisy = `(SELECT sign(${value}) * round(CASE WHEN size <= step OR ${up} THEN size + step ELSE size - step END, scale(size))
    FROM (SELECT size, hash, ${step} AS step
      FROM (SELECT abs(${value}) AS size, ${hashNumber(text, "number")} AS hash OFFSET 0) AS sized OFFSET 0) AS noise)`;
  return `CASE WHEN ${value} IN (0, 'NaN', 'Infinity', '-Infinity') THEN ${value} ELSE ${noisy} END`;
}

function noisyFloat({ base, value, options: given }: MaskInput): string {
  const { percent } = options.parse(given);
  // An odd part of 1001 is never 0. What is huge only shrinks, so that it stays in the type's range.
  const part = `(${hashNumber(`${value}::text`, "number")} % 1002 * 2 - 1001) * ${percent} / 100100.0::float8`;
  const huge = base === "float4" ? "1e37" : "1e307";
  return `(SELECT ${value} * (1 + CASE WHEN abs(${value}) < ${huge} THEN part ELSE -abs(part) END)
    FROM (SELECT ${part} AS part OFFSET 0) AS noise)`;
}

function distinctNumber({ base, value, maxLength = Infinity }: MaskInput): string {
  if (isInteger(base)) return permute(value, base);
  if (base === "numeric" && maxLength >= 19) {
    return `(SELECT (whole + sign(number) * (abs(number) % 1)) FROM (SELECT number, ${permute("trunc(number)", "int8")} AS whole
      FROM (SELECT ${value} AS number OFFSET 0) AS given OFFSET 0) AS parted)`;
  }
  throw new UserError("distinct numbers can be had of whole numbers, and of numeric with 19 digits before the point", {
    next:
      base === "text"
        ? "Say { mask: hash }"
        : "Say keep, null or { mask: fixed, value: … }, or change the column's type",
  });
}
