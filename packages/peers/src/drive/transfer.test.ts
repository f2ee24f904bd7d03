import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { AgentError } from "../agent-error.ts";
import { Book } from "../book/book.ts";
import { ChunkStore } from "../side/chunk-store.ts";
import { LocalSide } from "../side/local-side.ts";
import type { Chunk } from "../transfer/chunk.ts";
import { Tracker } from "./tracker.ts";
import { type TransferOptions, transfer } from "./transfer.ts";

const sessionId = "6f1c1a52-0c5e-4d3c-9d0e-0d6f0f4f2b11";
let root: string;
let book: Book;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "transfer-"));
  book = Book.open(":memory:");
  const names = { sourceName: "B", targetName: "A", peer: { nodeId: "b", name: "B" } };
  const options = { compressionEnabled: true, verifyAfterSync: true };
  book.sessions.insert({ sessionId, direction: "pull", method: "backup", role: "driver", options, ...names });
});
afterEach(() => {
  book[Symbol.dispose]();
  rmSync(root, { recursive: true });
});

/** Only the disk of a side takes part in a transfer: no database is asked. */
function sideIn(name: string): LocalSide {
  const database = { host: "nowhere", port: 1, user: "", password: "", database: "", timeout: 1 };
  return new LocalSide({
    name,
    database,
    folder: join(root, name),
    leaveOut: [],
    demo: [],
    chunkBytes: 1_000,
    atOnce: 2,
  });
}

/** A line that breaks off, or changes a byte, every so often. */
class BadLine extends LocalSide {
  trouble = 0;
  asked = 0;

  override async read(id: string, chunk: Chunk): Promise<Readable> {
    const bytes = await buffer(await super.read(id, chunk));
    const turn = this.asked++ % 3;
    if (turn < 2) this.trouble++;
    if (turn === 0) return Readable.from(broken(bytes));
    if (turn === 1) bytes[0] = (bytes[0] ?? 0) ^ 1;
    return Readable.from([bytes]);
  }
}

async function* broken(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes.subarray(0, bytes.length / 2);
  throw new AgentError(0, "unreachable", "the line is cut");
}

async function chunksOf(folder: string, rows: number): Promise<Chunk[]> {
  const store = new ChunkStore(join(root, folder), sessionId);
  let no = 0;
  const text = Array.from({ length: rows }, (_, at) => Buffer.from(`${at}\tsome words\n`));
  return await store.writeRows("public.t", Readable.from(text), { size: 1_000, nextNo: () => ++no, onBytes: () => {} });
}

function optionsWith(more: Partial<TransferOptions> = {}): TransferOptions {
  const tracker = new Tracker(book.sessions, sessionId);
  const { signal } = new AbortController();
  return { sessionId, atOnce: 3, compress: true, patience: 60_000, tracker, signal, ...more };
}

async function textOf(side: LocalSide, chunks: readonly Chunk[]): Promise<string> {
  const parts = await Promise.all(chunks.map(async (chunk) => String(await buffer(await side.read(sessionId, chunk)))));
  return parts.join("");
}

describe("a transfer", () => {
  it("brings every chunk over as it was, however the line breaks and corrupts", { timeout: 30_000 }, async () => {
    const chunks = await chunksOf("source", 300);
    const [source, target] = [
      new BadLine({
        name: "source",
        database: {} as never,
        folder: join(root, "source"),
        leaveOut: [],
        demo: [],
        chunkBytes: 1,
        atOnce: 1,
      }),
      sideIn("target"),
    ];
    await transfer(source, target, chunks, optionsWith());
    expect(source.trouble).toBeGreaterThan(2);
    expect(await textOf(target, chunks)).toBe(await textOf(sideIn("source"), chunks));
    const total = chunks.reduce((sum, { bytes }) => sum + bytes, 0);
    expect(book.sessions.get(sessionId)).toMatchObject({
      phaseProgress: 100,
      bytesTransferred: total,
      totalBytes: total,
    });
  });

  it("goes on after the last good chunk", async () => {
    const chunks = await chunksOf("source", 300);
    const target = sideIn("target");
    const [first, second] = chunks as [Chunk, Chunk];
    for (const chunk of [first, second])
      await target.write(sessionId, chunk, await sideIn("source").read(sessionId, chunk));
    const asked: number[] = [];
    class Listening extends LocalSide {
      override async read(id: string, chunk: Chunk): Promise<Readable> {
        asked.push(chunk.no);
        return await super.read(id, chunk);
      }
    }
    const source = new Listening({
      name: "source",
      database: {} as never,
      folder: join(root, "source"),
      leaveOut: [],
      demo: [],
      chunkBytes: 1,
      atOnce: 1,
    });
    await transfer(source, target, chunks, optionsWith());
    expect(asked.sort((a, b) => a - b)).toEqual(chunks.slice(2).map(({ no }) => no));
    await transfer(source, target, chunks, optionsWith());
    expect(asked).toHaveLength(chunks.length - 2);
  });

  it("gives up with the line's own words when patience is over", async () => {
    const chunks = await chunksOf("source", 300);
    class Gone extends LocalSide {
      override async read(): Promise<Readable> {
        throw new AgentError(0, "unreachable", "B cannot be reached");
      }
    }
    const source = new Gone({
      name: "source",
      database: {} as never,
      folder: join(root, "source"),
      leaveOut: [],
      demo: [],
      chunkBytes: 1,
      atOnce: 1,
    });
    await expect(transfer(source, sideIn("target"), chunks, optionsWith({ patience: 100 }))).rejects.toThrow(
      "cannot be reached",
    );
  });
});
