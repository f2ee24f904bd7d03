import { z } from "zod";
import { reasonSchema } from "./reason.ts";

const known = z.object({ known: z.number(), down: z.number(), uptime: z.number().nullable() });

const pointSchema = z.object({
  /** ms since the epoch. */
  at: z.number(),
  healthy: z.int(),
  degraded: z.int(),
  unhealthy: z.int(),
  avg: z.number(),
  max: z.number(),
});

/** How an environment's checks did in a time. Times are ms since the epoch, lengths ms. */
export const healthHistorySchema = z.object({
  environment: z.string(),
  /** False: no monitor has watched it yet. */
  watched: z.boolean(),
  from: z.number(),
  to: z.number(),
  /** ms from one point to the next. */
  resolution: z.number(),
  overall: known,
  checks: z.array(
    known.extend({
      check: z.string(),
      service: z.string(),
      /** `unknown`: it is not looked at any more, or nothing is. */
      status: z.enum(["healthy", "degraded", "unhealthy", "unknown"]),
      /** Of one that fails now. */
      reason: reasonSchema.nullable(),
      p50: z.number(),
      points: z.array(pointSchema),
    }),
  ),
  incidents: z.array(
    z.object({
      id: z.string(),
      service: z.string(),
      /** What failed, the cause's own first. */
      checks: z.array(reasonSchema),
      severity: z.string(),
      openedAt: z.number(),
      closedAt: z.number().nullable(),
    }),
  ),
  gaps: z.array(z.object({ from: z.number(), to: z.number(), why: z.string() })),
  silences: z.array(
    z.object({ check: z.string(), until: z.number(), why: z.string(), who: z.string(), at: z.number() }),
  ),
});

export type HealthHistory = z.infer<typeof healthHistorySchema>;
export type CheckLine = HealthHistory["checks"][number];
export type HealthPoint = z.infer<typeof pointSchema>;
