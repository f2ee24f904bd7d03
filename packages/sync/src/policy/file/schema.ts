import { z } from "zod";

/** What a rule says is understood later, where its column is known: see rules.ts. */
const rule = z.unknown();

const tableName = z.string().regex(/^[^.]+\..+$/s, 'must be "schema.table", such as public.customers');

const table = z.union([
  z.literal("drop"),
  fields({
    /** SQL over the table's own columns: only these rows. */
    where: z.string().min(1).optional(),
    columns: z.record(z.string(), rule),
  }),
]);

const fileRule = z.union([fields({ keep: z.string().min(1) }), fields({ exclude: z.string().min(1) })], {
  error: 'must be { keep: "pattern" } or { exclude: "pattern" }',
});

const properties = z.record(z.string(), z.record(z.string(), rule)).default({});

/** `sanitize.yml`: its outer form. */
export const policySchema = fields({
  databases: z
    .record(
      z.string(),
      fields({
        tables: z.record(tableName, table).default({}),
        largeObjects: z.enum(["keep", "drop"]).optional(),
      }),
    )
    .default({}),
  neo4j: fields({ nodes: properties, relationships: properties }).optional(),
  volumes: z.record(z.string(), z.array(fileRule)).default({}),
  n8n: fields({
    activeWorkflows: z.array(z.string().min(1)).optional(),
    executions: z.enum(["drop", "keep"]).optional(),
    credentials: z.enum(["stub", "re-encrypt"]).optional(),
  }).default({}),
  allowedValues: z.array(z.string().min(1)).default([]),
});

/** An object of exactly these fields; an error names them. */
function fields<Shape extends z.ZodRawShape>(shape: Shape) {
  return z.strictObject(shape, {
    error: ({ code }) =>
      code === "unrecognized_keys" ? `is not a field here; there are ${Object.keys(shape).join(", ")}` : undefined,
  });
}
