import { UserError } from "@understudy/core";
import { z } from "zod";
import { isText, isType } from "../kinds.ts";
import type { Masker } from "../masker.ts";
import { withoutNames } from "../scrub/names.ts";
import { emailsIn, phonesIn, scrub } from "../scrub/scrub.ts";
import { testEmail } from "./email.ts";
import { testPhone } from "./phone.ts";

const options = z.object({
  /** Columns, as `schema.table.column`, whose words are names of people. */
  names: z.array(z.string(), { error: "must be a list of columns, such as [public.customers.name]" }).default([]),
});

const isXml = isType("xml");

export const text: Masker = {
  name: "text",
  about:
    "Free text: e-mail addresses, and runs of seven and more digits such as phone numbers, are replaced; with `names: [schema.table.column, …]` also each word that stands in one of those columns. What grows too long for its column is cut.",
  example: { before: "Call Anna: 0151 23456789 or anna@gmx.de!", after: "Call Anna: 555-0123 or test@example.com!" },
  options,
  accepts: (shape) => isText(shape) || isXml(shape),
  sql: ({ value, distinct, maxLength, names, options: given }) => {
    if (distinct) {
      throw new UserError("what is left of free text cannot stay distinct", { next: "Say { mask: hash }" });
    }
    const scrubbed = scrub(value, { email: testEmail, phone: testPhone });
    const columns = options.parse(given).names;
    if (columns.length && !names) {
      throw new UserError(`names: ${columns.join(", ")} cannot be looked up from here`, {
        next: "Leave out names: it works in columns of a database",
      });
    }
    const whole = columns.length && names ? withoutNames(scrubbed, names) : scrubbed;
    return maxLength === undefined ? whole : `left(${whole}, ${maxLength})`;
  },
  constants: [testEmail, testPhone],
  fingerprint: "text",
  personalParts: (value) => [
    { query: emailsIn(value), fingerprint: "text" },
    { query: phonesIn(value), fingerprint: "digits" },
  ],
};
