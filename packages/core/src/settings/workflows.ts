import { z } from "zod";

export const workflowsSchema = z.strictObject({
  /** Values that may stand in workflow migrations though they look like secrets or details of people; `@acme.com` allows a domain's addresses. */
  allowedValues: z.array(z.string().min(3)).default([]),
  /** How far back `n8n:create-history` looks for workflows that were changed, days. */
  recentDays: z.int().min(1).max(3_650).default(7),
});
