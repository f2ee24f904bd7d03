import { z } from "zod";

export const promoteSchema = z.strictObject({
  /** How old the receipt may be that proves a release, hours. */
  receiptHours: z.number().positive().max(8_760).default(24),
  /** How old the copy of production's data may be that it was proven on, hours. */
  copyHours: z.number().positive().max(8_760).default(24),
  /** How long production must stay healthy with a new release before it counts as promoted, seconds. */
  settleSeconds: z.int().min(0).max(3_600).default(30),
  /** At most so many percent of the requests may fail at the edge (HTTP 5xx) meanwhile. */
  errorPercent: z.number().min(0).max(100).default(5),
  /** How long requests may wait at the edge while a service that runs only once is replaced, seconds. */
  holdSeconds: z.int().min(1).max(300).default(30),
});
