import { z } from "zod";

/** Digits, as JSON cannot hold numbers of 64 bits and more. */
const digits = z.string().regex(/^-?\d+$/);

const beforeAndAfter = z.tuple([z.int(), z.int()]);

const artifact = z.strictObject({
  /** restic's snapshot: a SHA-256 of what it holds. */
  snapshot: z.string().regex(/^[0-9a-f]{64}$/),
  /** As they were read. */
  bytes: z.int().min(0),
});

const table = z.strictObject({
  /** `schema.name`. */
  id: z.string(),
  rows: digits,
  together: digits,
  columns: z.array(digits),
});

const sequence = z.strictObject({
  schema: z.string(),
  name: z.string(),
  at: digits,
  asked: z.boolean(),
  ascending: z.boolean(),
  furthest: digits.optional(),
});

/** A database and what proves it, wherever its rows are kept. */
export const describedDatabase = z.strictObject({
  name: z.string(),
  /** What it is made with. */
  properties: z.strictObject({
    owner: z.string(),
    encoding: z.string(),
    provider: z.enum(["b", "c", "i"]),
    collate: z.string(),
    ctype: z.string(),
    locale: z.string().nullable(),
    limit: z.int(),
    grants: z.array(z.strictObject({ role: z.string(), privilege: z.string() })).readonly(),
    settings: z.array(z.string()).readonly(),
  }),
  tables: z.array(table),
  /** Constraints, indexes and triggers in force, by table and kind. */
  structure: z.record(z.string(), z.int()),
  sequences: z.array(sequence),
  largeObjects: z.strictObject({ count: z.int(), bytes: z.int() }),
});

const database = describedDatabase.extend({ artifact });

export const manifestSchema = z.strictObject({
  version: z.literal(1),
  id: z.string(),
  environment: z.string(),
  /** ISO 8601: the moment that all of it is of. */
  at: z.iso.datetime(),
  /** What ran then; null for a stack that this tool has no record of. */
  release: z.strictObject({ id: z.string(), commit: z.string().nullable() }).nullable(),
  /** Image id by service. */
  images: z.record(z.string(), z.string()),
  /** As `server_version_num`. */
  postgres: z.int(),
  /** How long writers stood still, ms. */
  heldMs: z.int(),
  databases: z.array(database),
  roles: artifact,
  /** Null when there are no volumes. */
  files: artifact.nullable(),
  /** As the compose files name them; each is a folder of `files`. */
  volumes: z.array(z.string()),
  /** Of the graph: before the moment and after it. */
  graph: z.strictObject({ nodes: beforeAndAfter, relationships: beforeAndAfter }).nullable(),
  environmentFiles: artifact,
});

/** Everything that one backup is made of, and what proves it: stored last, so that a backup without it is none. */
export type Manifest = z.infer<typeof manifestSchema>;
export type BackedUpDatabase = Manifest["databases"][number];
export type DescribedDatabase = z.infer<typeof describedDatabase>;
