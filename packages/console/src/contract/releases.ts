import { z } from "zod";

export const pastReleaseSchema = z.object({
  release: z.string().nullable(),
  current: z.boolean(),
  verb: z.string(),
  who: z.string().nullable(),
  at: z.string(),
  seconds: z.number(),
  result: z.enum(["succeeded", "failed", "cut off", "open"]),
  why: z.string().nullable(),
  receipt: z.enum(["yes", "no", "altered"]),
});

/** What an environment ran, the newest first: a page of it. */
export const releasesSchema = z.object({
  environment: z.string(),
  releases: z.array(pastReleaseSchema),
  /** Whether there are older ones: ask for those before the last one's `at`. */
  more: z.boolean(),
});

export type Releases = z.infer<typeof releasesSchema>;
export type PastRelease = z.infer<typeof pastReleaseSchema>;
