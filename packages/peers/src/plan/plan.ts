import { z } from "zod";

const name = z.string().min(1).max(63);

export const tablePlanSchema = z.object({
  /** `schema.name`. */
  table: z.string(),
  schema: name,
  name,
  /** Tables of a circle of foreign keys have the same number, and go together. */
  group: z.int().min(0),
  /** Those that are carried. */
  columns: z.array(name).min(1),
  /** Of them, those that new rows get and no update sets: the target GENERATES them ALWAYS. */
  onlyInserted: z.array(name),
  /** Those that are compared: of the same type on both sides. */
  compared: z.array(name),
  /** By which rows are told apart; empty: by all that is compared. */
  key: z.array(name),
  mode: z.enum(["upsert", "insert-and-skip"]),
  /** Rows are compared in so many parts, by a hash of their key; a power of two. */
  buckets: z.int().min(1).max(65_536),
  /** On the source's disk, which what is sent comes near to. */
  bytes: z.number().min(0),
  notes: z.array(z.string()),
});

/** How one table is carried. */
export type TablePlan = z.infer<typeof tablePlanSchema>;

export const planSchema = z.object({
  /** Of the two schemas that it was made from. */
  fingerprints: z.object({ source: z.string(), target: z.string() }),
  /** In the order in which they are written. */
  tables: z.array(tablePlanSchema),
  leftOut: z.array(z.object({ table: z.string(), reason: z.string() })),
  notes: z.array(z.string()),
});

export type Plan = z.infer<typeof planSchema>;
