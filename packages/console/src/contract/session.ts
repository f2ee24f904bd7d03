import { z } from "zod";

/** A viewer sees everything; an operator also acts. */
export const roleSchema = z.enum(["viewer", "operator"]);
export type Role = z.infer<typeof roleSchema>;

export const loginSchema = z.object({ name: z.string().min(1).max(100), password: z.string().min(1).max(1_000) });

export const environmentSchema = z.object({
  name: z.string(),
  kind: z.enum(["production", "staging"]),
  host: z.string(),
});

/** Who is logged in, and what the page needs before anything else. */
export const sessionSchema = z.object({
  name: z.string(),
  role: roleSchema,
  /** To be sent as `x-csrf-token` with every request that changes something; null for a program's token, which needs none. */
  csrf: z.string().nullable(),
  project: z.string(),
  version: z.string(),
  environments: z.array(environmentSchema),
  /** Whose full syncs the agent in this process does; null: none runs here. */
  fullSync: z.string().nullable(),
});

export type Session = z.infer<typeof sessionSchema>;
export type ConsoleEnvironment = z.infer<typeof environmentSchema>;
