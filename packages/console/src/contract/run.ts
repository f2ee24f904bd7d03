import { z } from "zod";

/**
 * How a run stands: `running`; `succeeded` and `failed` by its exit code; `cut off` when it died without one, as by a
 * power cut: the same command run again goes on from there.
 */
export const runStateSchema = z.enum(["running", "succeeded", "failed", "cut off"]);
export type RunState = z.infer<typeof runStateSchema>;

/** A command that the console started. It lives on without the console. */
export const runSchema = z.object({
  id: z.string(),
  action: z.string(),
  title: z.string(),
  /** As one types it in a terminal. */
  command: z.string(),
  environment: z.string().nullable(),
  who: z.string(),
  startedAt: z.iso.datetime(),
  endedAt: z.iso.datetime().nullable(),
  state: runStateSchema,
  exitCode: z.int().nullable(),
});
export type Run = z.infer<typeof runSchema>;

/** With what it printed: the JSON of docs/cli-json.md, or null while it runs or when it printed none. */
export const runDetailSchema = runSchema.extend({
  result: z.unknown(),
  error: z.object({ message: z.string(), next: z.string().nullish() }).nullable(),
  /** The end of what it said so far, and the byte that comes next. */
  log: z.string(),
  logEnd: z.int(),
  /** Its process group on the console's machine, while it runs. */
  pid: z.int().nullable(),
});
export type RunDetail = z.infer<typeof runDetailSchema>;

export const startRunSchema = z.object({
  action: z.string().max(60),
  parameters: z.record(z.string(), z.unknown()).default({}),
});
