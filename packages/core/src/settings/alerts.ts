import { z } from "zod";
import { hasPassword } from "../redact.ts";

/** A value that may name variables of `.env.<environment>`: `https://hooks.example.org/${HOOK_TOKEN}`. */
const filledIn = z
  .string()
  .min(1)
  .refine(
    (text) => !hasPassword(text),
    "has a password in it, and this file is committed. Put it into .env.<environment> and write ${NAME} here",
  );

const address = filledIn.refine(
  (text) => /^(https?:\/\/|\$\{[A-Za-z_]\w*\})/.test(text),
  "must begin with http://, https:// or a variable such as ${ALERT_URL}",
);

const variable = z
  .string()
  .regex(/^\$\{[A-Za-z_]\w*\}$/, "must be a variable of .env.<environment>, such as ${SMTP_PASSWORD}");

/** Which environments a channel hears of. */
const only = { environments: z.array(z.string()).default([]) };

const webhook = z.strictObject({
  type: z.literal("webhook"),
  url: address,
  headers: z.record(z.string().regex(/^[\w-]+$/, "must be a header's name"), filledIn).default({}),
  ...only,
});

const slack = z.strictObject({ type: z.literal("slack"), url: address, ...only });

const n8n = z.strictObject({ type: z.literal("n8n"), url: address, ...only });

const email = z.strictObject({
  type: z.literal("email"),
  from: z.email(),
  to: z.array(z.email()).min(1),
  host: z.string().min(1),
  port: z.int().min(1).max(65_535).default(587),
  /** `starttls` refuses to go on in clear; `tls` from the first byte; `none` is for a relay on this machine. */
  security: z.enum(["starttls", "tls", "none"]).default("starttls"),
  user: z.string().optional(),
  password: variable.optional(),
  ...only,
});

const channel = z.discriminatedUnion("type", [webhook, slack, email, n8n]);

export const alertsSchema = z.strictObject({
  /** A problem that lasts is said again after so long, minutes. 0: never. */
  reminderMinutes: z.int().min(0).max(10_080).default(240),
  channels: z
    .record(z.string().regex(/^[a-z][a-z0-9-]{0,39}$/, "must be lower-case letters, digits and dashes"), channel)
    .default({}),
});

/** One way that alerts go out, as set. */
export type ChannelSettings = z.infer<typeof channel>;
