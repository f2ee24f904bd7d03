import { UserError } from "@understudy/core";
import { z } from "zod";

const day = 24 * 60 * 60_000;

const wholeNumber = z.coerce.number().int().min(0);
const time = z.coerce.date().transform((date) => date.getTime());

const pageSchema = z.object({ limit: wholeNumber.min(1).max(500).default(100), offset: wholeNumber.default(0) });

const rangeSchema = z.object({
  from: time.optional(),
  to: time.optional(),
  check: z.string().optional(),
  service: z.string().optional(),
  cursor: z.string().optional(),
  limit: wholeNumber.min(1).max(500).optional(),
  points: wholeNumber.min(1).max(5_000).optional(),
});

/** `?limit=&offset=` of an address. @throws an error that answers 400 */
export function readPage(query: unknown): z.infer<typeof pageSchema> {
  return read(pageSchema, query);
}

/** `?from=&to=` as ISO times (the last day without them), with what else a question about the past may say. */
export function readRange(query: unknown, now: number) {
  const { from, to, ...rest } = read(rangeSchema, query);
  const until = to ?? now;
  return { from: from ?? until - day, to: until, ...rest };
}

/** How many things there are of each kind. */
export function countIn<T>(things: Iterable<T>, kindOf: (thing: T) => string): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const thing of things) counts[kindOf(thing)] = (counts[kindOf(thing)] ?? 0) + 1;
  return counts;
}

function read<T>(schema: z.ZodType<T>, query: unknown): T {
  const parsed = schema.safeParse(query);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw Object.assign(new UserError(`${issue?.path.join(".")}: ${issue?.message}`), { statusCode: 400 });
}
