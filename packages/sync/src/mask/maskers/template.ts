import { UserError } from "@understudy/core";
import { quoteLiteral } from "@understudy/postgres";
import { z } from "zod";
import { code } from "../hash/code.ts";
import { bitsOfDigit, hashDigits } from "../hash/keyed-hash.ts";
import { codeLength, fits, neededBits } from "../hash/room.ts";
import { isText } from "../kinds.ts";
import type { Masker, MaskInput } from "../masker.ts";

const placeholders = /(\{hash\}|\{digits:[1-9][0-9]?\}|\{value-length\})/;

const options = z.object({
  text: z
    .string({ error: 'must be a text such as "User {hash}"' })
    .min(1)
    .refine((text) => !/[{}]/.test(literals(text).join("")), {
      error: "has a brace that is part of none of {hash}, {digits:1} to {digits:99} and {value-length}",
    })
    .refine((text) => text.split("{hash}").length < 3, { error: "has {hash} more than once" }),
});

export const template: Masker = {
  name: "template",
  about:
    "Your own `text`, with `{hash}` (letters and digits), `{digits:8}` (so many digits of the hash) and `{value-length}` (how many characters the value has).",
  example: {
    options: { text: "Customer {digits:4} {hash}" },
    before: "Anna S. from Berlin",
    after: "Customer 4765 Nspc6xFJ4Ncigj5IjkVBKYW",
  },
  options,
  accepts: isText,
  sql: (input) => {
    const { text } = options.parse(input.options);
    const around = literals(text).join("").length + digitsIn(text) + (text.includes("{value-length}") ? 10 : 0);
    const hash = text.includes("{hash}") ? code(input.value, codeLength(input, around)) : "";
    fits("…".repeat(around), input);
    if (input.distinct && !hash) assertApart(text, input);
    return text
      .split(placeholders)
      .filter((part) => part !== "")
      .map((part) => `(${partSql(part, input, hash)})`)
      .join(" || ");
  },
  constants: [],
  constantsOf: (given) => [options.parse(given).text].filter((text) => !placeholders.test(text)),
  fingerprint: "text",
};

function partSql(part: string, { value }: MaskInput, hash: string): string {
  if (part === "{hash}") return hash;
  if (part === "{value-length}") return `char_length(${value})::text`;
  return placeholders.test(part) ? hashDigits(value, digitsIn(part)) : quoteLiteral(part);
}

function assertApart(text: string, { rows }: MaskInput): void {
  const longest = Math.max(...text.split(placeholders).map(digitsIn));
  if (longest * bitsOfDigit >= neededBits(rows)) return;
  throw new UserError(`"${text}" does not keep ${rows.toLocaleString("en")} values apart`, {
    next: `Put {hash} into it, or {digits:${Math.ceil(neededBits(rows) / bitsOfDigit)}}`,
  });
}

/** What stands between the placeholders. */
function literals(text: string): string[] {
  return text.split(placeholders).filter((part) => !placeholders.test(part));
}

function digitsIn(text: string): number {
  return [...text.matchAll(/\{digits:(\d+)\}/g)].reduce((sum, [, digits]) => sum + Number(digits), 0);
}
