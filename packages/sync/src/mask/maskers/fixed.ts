import { UserError } from "@understudy/core";
import { quoteLiteral } from "@understudy/postgres";
import { z } from "zod";
import { fits } from "../hash/room.ts";
import type { Masker } from "../masker.ts";

const options = z.object({
  /** As Postgres reads a value of the column's type. */
  value: z.union([z.string(), z.number(), z.boolean()], { error: "must be the value, a text, number, true or false" }),
});

export const fixed: Masker = {
  name: "fixed",
  about: "Always `value`, for every type: of an enum one of its labels, of `bytea` as `\\x0102`.",
  example: { options: { value: "Customer" }, before: "Gold customer since 1998", after: "Customer" },
  options,
  accepts: ({ kind, base }) => kind !== "multirange" && base !== "tsvector",
  sql: (input) => {
    const value = String(options.parse(input.options).value);
    if (input.distinct) {
      throw new UserError("one fixed value for all cannot stay distinct", {
        next: 'Say { mask: hash }, or { mask: template, text: "… {hash}" }',
      });
    }
    if (input.labels.length && !input.labels.includes(value)) {
      throw new UserError(`"${value}" is no label of the type`, { next: `There are ${input.labels.join(", ")}` });
    }
    return quoteLiteral(input.base === "text" ? fits(value, input) : value);
  },
  constants: [],
  constantsOf: (given) => [String(options.parse(given).value)],
  fingerprint: "text",
  whole: true,
};
