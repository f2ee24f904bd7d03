import { z } from "zod";
import { hashDigits } from "../hash/keyed-hash.ts";
import { digitCount, fits } from "../hash/room.ts";
import { isText } from "../kinds.ts";
import type { Masker } from "../masker.ts";

/** What every phone number becomes that need not stay distinct. */
export const testPhone = "555-0123";

export const phone: Masker = {
  name: "phone",
  about: "A phone number.",
  example: { before: "+49 151 23456789", after: testPhone, distinct: "55513484715250574778" },
  options: z.object({}),
  accepts: isText,
  sql: (input) => {
    if (!input.distinct) return `'${fits(testPhone, input)}'`;
    // 20 characters: what columns for phone numbers have at least.
    return `'555' || ${hashDigits(input.value, digitCount(input, "555".length, 17))}`;
  },
  constants: [testPhone],
  fingerprint: "digits",
};
