import { z } from "zod";
import { sha256 } from "./sign.ts";

/** What this version writes, and the only one that it reads. */
export const receiptVersion = 1;

const instant = z.iso.datetime();

/** What ran, by name. */
const results = z.strictObject({
  at: instant,
  passed: z.array(z.string()),
  failed: z.array(z.string()),
});

/** An image by every name that it goes by, so that none of them can be swapped. */
export const provenImage = z.strictObject({
  reference: z.string(),
  identity: z.string(),
  digest: z.string().nullable(),
  id: z.string(),
});

const migration = z.strictObject({ database: z.string(), name: z.string() });

/** How production's data fares with the release. */
const rehearsal = z.strictObject({
  /** Those that ran on the copy and are still to run on production. */
  migrations: z.array(migration),
  /** Those that production's data went through, and the copy did not. */
  unknown: z.array(migration),
  /** How long staging's services took to be well with the copy, s. */
  healthySeconds: z.number().nonnegative().nullable(),
});

export const receiptSchema = z.strictObject({
  version: z.literal(receiptVersion),
  release: z.string().regex(/^r-[0-9a-f]{12}$/),
  commit: z.string().regex(/^[0-9a-f]{40,64}$/),
  /** By service. */
  images: z.record(z.string(), provenImage),
  /** SHA-256 of each part of what environments share, see `hashShared`. */
  shared: z.record(z.string(), sha256),
  staging: z.strictObject({
    environment: z.string(),
    /** Of its live stack, when the checks ran. */
    fingerprint: sha256,
  }),
  health: results,
  /** Null when the installation has no workflow tests. */
  workflows: results.nullable(),
  /** The copy of production's data that the checks ran on; null when there was no production to copy yet. */
  copy: z.strictObject({ id: z.string(), at: instant }).nullable(),
  rehearsal: rehearsal.nullable(),
  by: z.string(),
  at: instant,
});

/** What proves that a release was proven. */
export type Receipt = z.infer<typeof receiptSchema>;
export type Rehearsal = z.infer<typeof rehearsal>;
export type Results = z.infer<typeof results>;
export type ProvenImage = z.infer<typeof provenImage>;
