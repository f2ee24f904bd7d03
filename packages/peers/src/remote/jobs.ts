import { z } from "zod";
import { phases } from "../types.ts";

/** Work that takes longer than a request may: it is begun, asked after, and its result fetched. */
export const jobNames = ["compare", "backup", "restore"] as const;
export type JobName = (typeof jobNames)[number];

/** Where each is begun. */
export const jobPaths: Readonly<Record<JobName, string>> = {
  compare: "/api/sync/compare",
  backup: "/api/sync/initiate-backup",
  restore: "/api/sync/restore-backup",
};

export const progressSchema = z.object({
  /** none: it was never begun, or the agent was restarted since. */
  state: z.enum(["none", "running", "done", "failed"]),
  phase: z.enum(phases).nullable(),
  /** 0 to 100, of the phase. */
  progress: z.number(),
  bytesTransferred: z.number(),
  totalBytes: z.number(),
  currentStep: z.string(),
  /** Seconds. */
  estimatedTimeRemaining: z.number().nullable(),
  /** Which table, for whoever puts it into words itself. */
  at: z.string().nullable(),
  error: z.object({ message: z.string(), next: z.string().nullable() }).nullable(),
});

export type JobProgress = z.infer<typeof progressSchema>;
