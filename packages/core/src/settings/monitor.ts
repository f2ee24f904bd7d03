import { z } from "zod";

export const monitorSchema = z.strictObject({
  /** How often each check runs, in seconds, unless it says otherwise. */
  intervalSeconds: z.number().min(1).max(3_600).default(30),
  /** So many failures in a row make a problem … */
  failures: z.int().min(1).max(20).default(3),
  /** … and so many successes in a row end it. */
  successes: z.int().min(1).max(20).default(2),
  /** Checks that run at the same time, at most. */
  concurrency: z.int().min(1).max(200).default(20),
  /** Metrics, JSON API, badge and heartbeat addresses. The environment's portOffset is added to the port. */
  listen: z
    .string()
    .regex(/^(\d{1,3}(\.\d{1,3}){3}|\[[0-9a-f:]+\]):\d{1,5}$/, 'must be "address:port", such as 127.0.0.1:9464')
    .default("127.0.0.1:9464"),
  /** Called after every round, so that somebody else notices when the monitor is gone. `${NAME}` of `.env.<environment>`. */
  deadManUrl: z.string().optional(),
  /** The history's file may grow to so many MB; then the oldest goes first. */
  historyMegabytes: z.int().min(10).max(10_000).default(200),
});

export type MonitorSettings = z.infer<typeof monitorSchema>;
