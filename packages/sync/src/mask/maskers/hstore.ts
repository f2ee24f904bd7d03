import { UserError } from "@understudy/core";
import { quoteLiteral } from "@understudy/postgres";
import { z } from "zod";
import { entriesOf, entryOf, rebuilt } from "../compile/hstore.ts";
import { ofEach } from "../compile/masked-value.ts";
import { partRule } from "../compile/part-rule.ts";
import { failure } from "../failure.ts";
import type { PartsMasker } from "../masker.ts";

const options = z.object({
  keys: z.record(z.string(), partRule, { error: "must have a rule for each key: { email: email, tier: keep }" }),
});

export const hstore: PartsMasker = {
  name: "hstore",
  about:
    "An hstore by key: `keys` has a rule for each, one without fails the copy. Every other masker masks all its values.",
  example: {
    type: "hstore",
    options: { keys: { email: "email", tier: "keep" } },
    before: '"tier"=>"gold", "email"=>"anna@gmx.de"',
    after: '"tier"=>"gold", "email"=>"test@example.com"',
  },
  options,
  accepts: ({ base, array }) => base === "hstore" && !array,
  constants: [],
  fingerprint: undefined,
  parts: (place, given, mask) => {
    const rules = Object.entries(options.parse(given).keys);
    if (!rules.length) throw new UserError("keys is empty", { next: "Give a rule for each key" });
    const masked = rules.map(([key, rule]) => {
      const one = mask({ ...entryOf(place), path: `${place.path}.${key}` }, rule);
      const literal = quoteLiteral(key);
      const entries = `${entriesOf(place)} WHERE entries.key = ${literal}`;
      return {
        sql: `WHEN ${literal} THEN ${one.sql}`,
        ...ofEach(one, `(SELECT entries.value FROM ${entries}) AS entries`),
      };
    });
    const unknown = (key: string) => `${quoteLiteral(`${place.path}: no rule for the key `)} || ${key}`;
    // A key that may be a value itself does not leave production.
    const shown = "CASE WHEN entries.key ~ '@|[0-9]{5}' THEN '*' ELSE entries.key END";
    const known = rules.map(([key]) => quoteLiteral(key));
    const value = `CASE entries.key ${masked.map(({ sql }) => sql).join(" ")} ELSE ${failure(unknown("entries.key"))} END`;
    return {
      sql: rebuilt(place, value),
      personal: masked.flatMap(({ personal }) => personal),
      failures: [`SELECT ${unknown(shown)} FROM ${entriesOf(place)} WHERE entries.key NOT IN (${known.join(", ")})`],
    };
  },
};
