import { z } from "zod";
import { code } from "../hash/code.ts";
import { codeLength, fits } from "../hash/room.ts";
import { isText } from "../kinds.ts";
import type { Masker } from "../masker.ts";

const base = "https://example.com/";

export const url: Masker = {
  name: "url",
  about: "A web address.",
  example: {
    before: "https://anna-schmidt.de/about",
    after: base,
    distinct: "https://example.com/oxryht8hm7oaxocvphtyxxz",
  },
  options: z.object({}),
  accepts: isText,
  sql: (input) =>
    input.distinct ? `'${base}' || ${code(input.value, codeLength(input, base.length))}` : `'${fits(base, input)}'`,
  constants: [base],
  fingerprint: "text",
};
