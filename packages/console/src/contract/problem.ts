import { z } from "zod";

/** What every failed request answers: what failed, and what to do next. */
export const problemSchema = z.object({
  error: z.object({ message: z.string(), next: z.string().optional() }),
});

export type Problem = z.infer<typeof problemSchema>;
