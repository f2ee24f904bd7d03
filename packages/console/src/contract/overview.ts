import { z } from "zod";
import { reasonSchema } from "./reason.ts";
import { environmentSchema } from "./session.ts";

export const serviceSchema = z.object({
  name: z.string(),
  state: z.string(),
  health: z.string(),
  restarts: z.int(),
  release: z.string(),
  since: z.string(),
  url: z.string().optional(),
});

const troubleSchema = z.object({ message: z.string(), next: z.string().nullish() });

/** What is under way in an environment, by its journal and lock, whoever started it. */
export const underWaySchema = z.object({
  verb: z.string(),
  step: z.string(),
  since: z.iso.datetime(),
  /** When the step began. */
  stepSince: z.iso.datetime(),
  who: z.string().nullable(),
  /** Nobody holds the lock any more: it was killed. */
  cutOff: z.boolean(),
});

/** One alert by one channel. */
const noticeSchema = z.object({
  at: z.iso.datetime(),
  what: z.string(),
  channel: z.string(),
  /** `waiting`: for its first or next attempt. */
  result: z.enum(["sent", "waiting", "failed"]),
  /** Why it was not sent so far. */
  why: z.string().nullable(),
});

export const environmentViewSchema = environmentSchema.extend({
  /** Its stack as the engine sees it now; or why the engine could not be asked. */
  stack: z
    .object({
      deployed: z.boolean(),
      egress: z.enum(["none", "open"]),
      lockedBy: z.string().nullable(),
      services: z.array(serviceSchema),
    })
    .or(z.object({ trouble: troubleSchema })),
  release: z.object({ id: z.string(), at: z.string() }).nullable(),
  /** Production only: whether staging runs another release. */
  drift: z.enum(["none", "staging is ahead", "unknown"]).nullable(),
  underWay: underWaySchema.nullable(),
  /** `unmasked`: personal details in it are production's own. */
  copy: z.object({ id: z.string(), at: z.string(), from: z.string(), unmasked: z.boolean() }).nullable(),
  backup: z
    .object({
      at: z.string(),
      result: z.string(),
      verified: z.boolean(),
      /** The last one that is known to come back. */
      proven: z.object({ id: z.string(), at: z.string() }).nullable(),
    })
    .nullable(),
  drill: z.object({ at: z.string(), result: z.string() }).nullable(),
  /** Of the monitor; null where it never ran. */
  health: z
    .object({
      /** `unknown`: nothing has been looked at for a while, so that what was seen last may be over. */
      status: z.enum(["healthy", "degraded", "unhealthy", "unknown"]),
      failing: z.array(reasonSchema.extend({ service: z.string(), status: z.string() })),
      uptime24h: z.number().nullable(),
      openIncidents: z.int(),
      silences: z.int(),
      lookedAt: z.iso.datetime().nullable(),
      /** The last ones, the newest first. */
      notices: z.array(noticeSchema),
    })
    .or(z.object({ trouble: troubleSchema }))
    .nullable(),
});

export const overviewSchema = z.object({ environments: z.array(environmentViewSchema) });
export type Overview = z.infer<typeof overviewSchema>;
export type EnvironmentView = z.infer<typeof environmentViewSchema>;
export type NoticeView = z.infer<typeof noticeSchema>;
