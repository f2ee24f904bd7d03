import { createHmac, timingSafeEqual } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { UserError } from "@understudy/core/light";
import { z } from "zod";

const headerSchema = z.object({
  format: z.literal("understudy-records"),
  version: z.literal(1),
  kind: z.enum(["changes", "answers"]),
  node_id: z.guid(),
  code: z.string(),
});

/** What a file begins with: whose changes, or the answers to them. */
export type Header = z.infer<typeof headerSchema>;

/**
 * Write a file of JSON lines: a header, what `lines` gives, and a signature over all of it. Whole, or not at all; people can read it.
 * @param key of the HMAC: the SHA-256 of the node's token, which both sides have
 */
export async function writeSigned(
  file: string,
  header: Header,
  lines: Iterable<unknown> | AsyncIterable<unknown>,
  key: string,
) {
  const temporary = `${file}.${process.pid}.tmp`;
  const mac = createHmac("sha256", key);
  const text = async function* () {
    for await (const line of sequence([header], lines)) {
      const written = `${JSON.stringify(line)}\n`;
      mac.update(written);
      yield written;
    }
    yield `${JSON.stringify({ signature: mac.digest("hex") })}\n`;
  };
  try {
    await pipeline(Readable.from(text()), createWriteStream(temporary, { mode: 0o600 }));
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** The header of a file. @throws UserError where it has none */
export async function readHeader(file: string): Promise<Header> {
  for await (const line of linesOf(file)) {
    const parsed = headerSchema.safeParse(parse(line));
    if (parsed.success) return parsed.data;
    break;
  }
  throw new UserError(`${file} is no file of changes or answers`, { next: "Export it anew" });
}

/**
 * The lines between header and signature. The signature is checked before the first is given.
 * @throws UserError where it is not what was written
 */
export async function* readSigned(file: string, key: string): AsyncGenerator<unknown> {
  const count = await assertSigned(file, key);
  let place = 0;
  for await (const line of linesOf(file)) {
    if (place > 0 && place < count - 1) yield parse(line);
    place++;
  }
}

/** Returns how many lines there are. */
async function assertSigned(file: string, key: string): Promise<number> {
  const mac = createHmac("sha256", key);
  let last: string | undefined;
  let count = 0;
  for await (const line of linesOf(file)) {
    if (last !== undefined) mac.update(`${last}\n`);
    last = line;
    count++;
  }
  const { signature = "" } = (parse(last ?? "") ?? {}) as { signature?: unknown };
  const expected = mac.digest();
  const given = Buffer.from(String(signature), "hex");
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
    throw new UserError(`${file} is not what its node wrote: the signature does not fit`, {
      next: "Copy it anew; a node that was registered again has to export it anew",
    });
  }
  return count;
}

function linesOf(file: string): AsyncIterable<string> {
  return createInterface({ input: createReadStream(file), crlfDelay: Number.POSITIVE_INFINITY });
}

async function* sequence(...parts: readonly (Iterable<unknown> | AsyncIterable<unknown>)[]): AsyncGenerator<unknown> {
  for (const part of parts) yield* part;
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
