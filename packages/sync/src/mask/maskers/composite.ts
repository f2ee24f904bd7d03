import { UserError } from "@understudy/core";
import { quoteName } from "@understudy/postgres";
import { z } from "zod";
import { partRule } from "../compile/part-rule.ts";
import type { PartsMasker } from "../masker.ts";

const options = z.object({
  /** By name, for every field. */
  fields: z.record(z.string(), partRule, {
    error: "must have a rule for each field: { street: address, country: keep }",
  }),
});

export const composite: PartsMasker = {
  name: "composite",
  about: "A composite type: `fields` has a rule for each of its fields.",
  example: {
    type: "place (street text, country text)",
    options: { fields: { street: "address", country: "keep" } },
    before: '("Hauptstraße 5",Germany)',
    after: '("1 Test Street",Germany)',
  },
  options,
  accepts: ({ kind }) => kind === "composite",
  constants: [],
  fingerprint: undefined,
  parts: ({ path, value, type, shape }, given, mask) => {
    const { fields } = options.parse(given);
    const names = shape.fields.map(({ name }) => name);
    const wrong = Object.keys(fields).find((name) => !names.includes(name));
    if (wrong !== undefined)
      throw new UserError(`there is no field "${wrong}"`, { next: `There are ${names.join(", ")}` });
    const masked = shape.fields.map((field) => {
      const rule = Object.hasOwn(fields, field.name) ? fields[field.name] : undefined;
      if (!rule)
        throw new UserError(`nothing is said of its field "${field.name}"`, { next: "Say keep, null or a mask" });
      const place = { ...field, path: `${path}.${field.name}`, value: `(${value}).${quoteName(field.name)}` };
      const { sql, ...found } = mask(place, rule);
      return { sql: `(${sql})::${field.type}`, ...found };
    });
    const row = `ROW(${masked.map(({ sql }) => sql).join(", ")})::${type}`;
    return {
      sql: `CASE WHEN ${value} IS DISTINCT FROM NULL THEN ${row} END`,
      personal: masked.flatMap(({ personal }) => personal),
      failures: masked.flatMap(({ failures = [] }) => failures),
    };
  },
};
