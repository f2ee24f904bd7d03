import { z } from "zod";
import { code } from "../hash/code.ts";
import { codeLength, fits } from "../hash/room.ts";
import { isText } from "../kinds.ts";
import type { Masker } from "../masker.ts";

/** What every e-mail address becomes that need not stay distinct. */
export const testEmail = "test@example.com";

export const email: Masker = {
  name: "email",
  about: "An e-mail address. Addresses that differ only in case stay so: joins on `lower(email)` survive.",
  example: { before: "anna.schmidt@gmx.de", after: testEmail, distinct: "test+kyuh5pj0aajpfuajzno8wsr@example.com" },
  options: z.object({}),
  accepts: isText,
  sql: (input) => {
    if (!input.distinct) return `'${fits(testEmail, input)}'`;
    const length = codeLength(input, "test+@example.com".length);
    return `'test+' || ${code(input.value, length)} || '@example.com'`;
  },
  constants: [testEmail],
  fingerprint: "text",
};
