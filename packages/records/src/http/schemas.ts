import { z } from "zod";

/** Text that people write: what Postgres cannot hold is refused here. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
const plain = z.string().regex(/^[^\u0000-\u001f\u007f]*$/, "must have no control characters");

export const registerSchema = z.strictObject({
  code: plain.min(1).max(100),
  name: plain.min(1).max(200),
  description: plain.max(2_000).optional(),
  secret: z.string().max(500).optional(),
});

export const exchangeSchema = z.strictObject({
  /** Hex of gzip of JSON, or the packet itself. */
  packet_data: z.union([z.string(), z.record(z.string(), z.unknown())]),
});

export const resolveSchema = z.strictObject({
  /** The node's version, the server's, no row, or columns over the server's. */
  choice: z.union([z.enum(["theirs", "ours", "deleted"]), z.record(z.string().max(63), z.string().nullable())]),
});
