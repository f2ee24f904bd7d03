import { z } from "zod";

export const consoleSchema = z.strictObject({
  /** Where `pnpm console` listens. */
  address: z
    .string()
    .regex(/^(\d{1,3}(\.\d{1,3}){3}|\[[0-9a-f:]+\]):\d{1,5}$/, 'must be "address:port", such as 127.0.0.1:8470')
    .default("127.0.0.1:8470"),
  /** The address that people open when the console is behind an edge that serves HTTPS, e.g. https://console.example.com. */
  publicUrl: z
    .url({ protocol: /^https$/, message: "must be an https:// address" })
    .refine((url) => URL.parse(url)?.pathname === "/", "must have no path")
    .optional(),
  /** A login holds for so many hours. */
  sessionHours: z.int().min(1).max(720).default(12),
  /** Wrong passwords that an address may try in a quarter of an hour. */
  loginAttempts: z.int().min(1).max(1_000).default(10),
});
