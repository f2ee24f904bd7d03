import { z } from "zod";
import { hashDigits } from "../hash/keyed-hash.ts";
import { digitCount, fits } from "../hash/room.ts";
import { isText } from "../kinds.ts";
import type { Masker } from "../masker.ts";

/** A number that no bank gives out, with a right check digit. */
const testCard = "4111111111111111";

export const card: Masker = {
  name: "card",
  about: "The number of a payment card, with a right check digit.",
  example: { before: "5500 0055 5555 5559", after: testCard, distinct: "4902813939326465" },
  options: z.object({}),
  accepts: isText,
  sql: (input) => {
    if (!input.distinct) return `'${fits(testCard, input)}'`;
    // With the 4 before and the check digit behind: 16 digits, or up to 19 (ISO/IEC 7812) where fewer cannot stay distinct.
    const longest = Math.min(input.maxLength ?? 19, 19);
    const digits = digitCount({ ...input, maxLength: longest }, 2, 14);
    return `(SELECT number || ${checkDigit("number", digits + 1)}
      FROM (SELECT '4' || ${hashDigits(input.value, digits)} AS number OFFSET 0) AS card)`;
  },
  constants: [testCard],
  fingerprint: "digits",
};

/** By Luhn: of every second digit from the right the sum of the digits of its double counts. */
function checkDigit(number: string, length: number): string {
  const digit = `substr(${number}, place, 1)::int`;
  const sum = `sum(CASE WHEN (${length} - place) % 2 = 0 THEN ${digit} * 2 / 10 + ${digit} * 2 % 10 ELSE ${digit} END)`;
  return `(SELECT (10 - ${sum} % 10) % 10 FROM generate_series(1, ${length}) AS place)`;
}
