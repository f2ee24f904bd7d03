import { pipeline, Transform } from "node:stream";
import { messageOf } from "@understudy/core";
import { mayPass } from "../agent-error.ts";
import { inParallel } from "../side/in-parallel.ts";
import type { Side } from "../side/side.ts";
import { type Chunk, missing, totalBytes } from "../transfer/chunk.ts";
import { compressionPays, probe } from "../transfer/compression.ts";
import { withRetries } from "../transfer/retry.ts";
import type { Tracker } from "./tracker.ts";

/** Enough to see how rows compress, bytes. */
const sampleSize = 262_144;

export interface TransferOptions {
  readonly sessionId: string;
  readonly atOnce: number;
  /** Compress where it pays. */
  readonly compress: boolean;
  /** ms without success after which a chunk is given up. */
  readonly patience: number;
  readonly tracker: Tracker;
  readonly signal: AbortSignal;
}

/** Bring the chunks over that the target has not yet, several at once. */
export async function transfer(
  source: Side,
  target: Side,
  chunks: readonly Chunk[],
  options: TransferOptions,
): Promise<void> {
  const { sessionId, atOnce, compress, tracker, signal } = options;
  const total = totalBytes(chunks);
  const rest = missing(chunks, await target.received(sessionId, signal));
  const there = total - totalBytes(rest);
  if (there > 0) tracker.note(`${chunks.length - rest.length} of ${chunks.length} chunks are there already`);
  let done = there;
  let lastWorked = 0;
  const tell = () => tracker.at({ phase: "transfer", fraction: total === 0 ? 1 : done / total }, { done, total });
  tell();
  const send = async (chunk: Chunk, packed: boolean, onBytes: (bytes: Buffer) => void = () => {}) => {
    let counted = 0;
    await withRetries(
      async () => {
        // What an attempt that failed brought over counts for nothing.
        done -= counted;
        counted = 0;
        const count = new Transform({
          transform: (part: Buffer, _, next) => {
            counted += part.length;
            done += part.length;
            onBytes(part);
            tell();
            next(null, part);
          },
        });
        const bytes = pipeline(await source.read(sessionId, chunk, packed, signal), count, () => {});
        await target.write(sessionId, chunk, bytes, packed, signal);
        lastWorked = Date.now();
      },
      {
        patience: options.patience,
        worked: () => lastWorked,
        mayPass,
        signal,
        onFailure: (error, failures) => tracker.warn(`chunk ${chunk.no}, attempt ${failures}: ${messageOf(error)}`),
      },
    );
  };
  const [first, ...others] = rest;
  if (!first) return;
  const packed = compress && (await paysFor(first, send));
  if (!compress) await send(first, false);
  else tracker.note(packed ? "Compression pays on this line" : "Compression does not pay on this line");
  await inParallel(others, atOnce, (chunk) => send(chunk, packed));
  done = total;
  tell();
}

/** Send the first chunk as it is, and see from it what the line does and what compression would. */
async function paysFor(
  chunk: Chunk,
  send: (chunk: Chunk, packed: boolean, onBytes: (bytes: Buffer) => void) => Promise<void>,
): Promise<boolean> {
  const sample: Buffer[] = [];
  let sampled = 0;
  const began = performance.now();
  await send(chunk, false, (bytes) => {
    if (sampled < sampleSize) sample.push(bytes);
    sampled += bytes.length;
  });
  const seconds = Math.max(0.001, (performance.now() - began) / 1_000);
  return compressionPays(await probe(Buffer.concat(sample).subarray(0, sampleSize)), chunk.bytes / seconds);
}
