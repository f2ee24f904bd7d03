import { expect, it } from "vitest";
import { z } from "zod";
import { describeEntity } from "./describe-entity.ts";

it("takes the kind of each column from its field, and adds those by which a table takes part", () => {
  const described = describeEntity(
    "notes",
    z.object({
      words: z.string().min(1).nullable(),
      count: z.bigint(),
      small: z.int32().optional(),
      weight: z.number().default(1),
      price: z.string().meta({ kind: "numeric" }),
      done: z.boolean(),
      due: z.iso.datetime(),
      seen: z.date(),
      owner: z.uuid(),
      colour: z.enum(["red", "green"]),
      tags: z.array(z.string()),
      more: z.json(),
      picture: z.instanceof(Uint8Array).meta({ kind: "bytes" }),
      trimmed: z.string().transform((text) => text.trim()),
    }),
  );
  expect(Object.fromEntries(described.columns.map(({ name, kind }) => [name, kind]))).toEqual({
    words: "text",
    count: "integer",
    small: "integer",
    weight: "double",
    price: "numeric",
    done: "boolean",
    due: "timestamp",
    seen: "timestamp",
    owner: "uuid",
    colour: "text",
    tags: "json",
    more: "json",
    picture: "bytes",
    trimmed: "text",
    uuid: "uuid",
    updated_at: "timestamp",
    is_deleted: "boolean",
  });
});

it("says which field fits no column", () => {
  expect(() => describeEntity("notes", z.object({ many: z.set(z.string()) }))).toThrow('Field "many" of "notes"');
  expect(() => describeEntity("notes", z.object({ odd: z.string().meta({ kind: "colour" }) }))).toThrow('Field "odd"');
});
