import { z } from "zod";

/** What `pnpm cleanup` may remove. What a rollback point or a backup needs stays, whatever these say. */
export const retentionSchema = z.strictObject({
  /** Log files older than so many days. */
  logsDays: z.int().min(1).max(3_650).default(30),
  /** Hourly history older than so many days. */
  historyDays: z.int().min(1).max(3_650).default(365),
  /** Releases of each environment that are kept, the deployed one counted, with their images. */
  releases: z.int().min(1).max(100).default(5),
});
