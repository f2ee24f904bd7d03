import { z } from "zod";

/** `sanitize.yml`, and the mark of the text that an editor began with. */
export const policyFileSchema = z.object({ text: z.string(), mark: z.string() });
export const savePolicySchema = z.object({ text: z.string().max(2_000_000), mark: z.string() });
export type PolicyFile = z.infer<typeof policyFileSchema>;
