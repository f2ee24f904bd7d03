import { z } from "zod";

/** Why a check fails, or failed. */
export const reasonSchema = z.object({
  check: z.string(),
  /** Empty where nobody knows any more. */
  seen: z.string(),
  /** Of what fails now, as the monitor remembers it. */
  expected: z.string().nullable(),
  /** What to try: a command or a sentence. */
  next: z.string().nullable(),
});

export type Reason = z.infer<typeof reasonSchema>;
