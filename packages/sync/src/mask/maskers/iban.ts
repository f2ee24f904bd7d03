import { UserError } from "@understudy/core";
import { z } from "zod";
import { hashDigits } from "../hash/keyed-hash.ts";
import { digitCount, fits } from "../hash/room.ts";
import { isText } from "../kinds.ts";
import type { Masker } from "../masker.ts";

/** Of the bank with the code 0: there is none. */
const testIban = "DE36000000000000000000";

/** Digits after country and check digits, in Germany. */
const digits = 18;

export const iban: Masker = {
  name: "iban",
  about: "An international bank account number, with right check digits.",
  example: { before: "DE89 3704 0044 0532 0130 00", after: testIban, distinct: "DE28263316265403339842" },
  options: z.object({}),
  accepts: isText,
  sql: (input) => {
    fits(testIban, input);
    if (!input.distinct) return `'${testIban}'`;
    if (digitCount({ ...input, maxLength: undefined }, 0, digits) > digits) {
      throw new UserError(`an IBAN has too few digits to keep ${input.rows.toLocaleString("en")} values apart`, {
        next: "Say { mask: hash }",
      });
    }
    // ISO 13616: D is 13, E is 14, the check digits themselves count as 00.
    return `(SELECT 'DE' || lpad((98 - (account || '131400')::numeric % 97)::text, 2, '0') || account
      FROM (SELECT ${hashDigits(input.value, digits)} AS account OFFSET 0) AS iban)`;
  },
  constants: [testIban],
  fingerprint: "text",
};
