import { z } from "zod";

const resultsSchema = z.object({ at: z.iso.datetime(), passed: z.array(z.string()), failed: z.array(z.string()) });

/** What was signed of a release when staging was proven. */
export const receiptSchema = z.object({
  release: z.string(),
  commit: z.string(),
  /** `digest`: null for an image that was built here, which `id` names. */
  images: z.array(
    z.object({ service: z.string(), reference: z.string(), digest: z.string().nullable(), id: z.string() }),
  ),
  /** Where it was proven. */
  staging: z.string(),
  health: resultsSchema,
  /** Null: the installation has no workflow tests. */
  workflows: resultsSchema.nullable(),
  /** The copy of production's data that it was proven on; null: there was no production yet. */
  copy: z.object({ id: z.string(), at: z.iso.datetime() }).nullable(),
  /** Who had it signed, by this installation's key. */
  by: z.string(),
  at: z.iso.datetime(),
  /** Afterwards it lets nothing into production. */
  holdsUntil: z.iso.datetime(),
});

export type ReceiptView = z.infer<typeof receiptSchema>;
