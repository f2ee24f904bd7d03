import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import type { Chunk } from "../transfer/chunk.ts";
import { ChunkStore } from "./chunk-store.ts";

const id = "6f1c1a52-0c5e-4d3c-9d0e-0d6f0f4f2b11";
let root: string;
let store: ChunkStore;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "chunks-"));
  store = new ChunkStore(root, id);
});
afterEach(() => rmSync(root, { recursive: true }));

const chunkOf = (no: number, text: string): Chunk => ({
  no,
  table: "public.t",
  bytes: Buffer.byteLength(text),
  sha256: createHash("sha256").update(text).digest("hex"),
});
const stream = (...parts: string[]) => Readable.from(parts.map((part) => Buffer.from(part)));

describe("chunks on disk", () => {
  it("are whole rows, and read as they were written", async () => {
    const rows = Array.from({ length: 100 }, (_, at) => `${at}\tsome words\n`);
    let no = 0;
    let bytes = 0;
    const chunks = await store.writeRows("public.t", stream(...rows), {
      size: 200,
      nextNo: () => ++no,
      onBytes: (more) => {
        bytes += more;
      },
    });
    expect(chunks.length).toBeGreaterThan(3);
    expect(store.received()).toEqual(chunks.map((chunk) => chunk.no));
    const texts = await Promise.all(chunks.map(async (chunk) => String(await buffer(store.read(chunk)))));
    expect(texts.join("")).toBe(rows.join(""));
    expect(bytes).toBe(rows.join("").length);
    for (const [at, text] of texts.entries()) expect(chunks[at]).toMatchObject(chunkOf(at + 1, text));
  });

  it("are kept only when they are what was sent: longer, shorter and other bytes are refused", async () => {
    await store.write(chunkOf(1, "a\nb\n"), stream("a\n", "b\n"));
    expect(store.received()).toEqual([1]);
    await expect(store.write(chunkOf(2, "a\nb\n"), stream("a\nb\nc\n"))).rejects.toThrow(/Chunk 2 .* longer than 4/);
    await expect(store.write(chunkOf(2, "a\nb\n"), stream("a\n"))).rejects.toThrow(/2 bytes instead of 4/);
    await expect(store.write(chunkOf(2, "a\nb\n"), stream("a\nc\n"))).rejects.toThrow(/checksum/);
    expect(readdirSync(store.folder)).toEqual(["chunk-000001"]);
  });

  it("lie in a folder that a name cannot lead out of", () => {
    for (const name of ["../../etc", "a/b", "", `${id}/..`]) {
      expect(() => new ChunkStore(root, name)).toThrow(/no session id/);
    }
  });

  it("make room for the result of what is committed where the disk is full", async () => {
    /** A disk that is full as long as chunks lie on it. */
    class FullStore extends ChunkStore {
      override keep(name: string, value: unknown): void {
        if (this.received().length > 0) throw new Error("ENOSPC");
        super.keep(name, value);
      }
    }
    const full = new FullStore(root, id);
    expect(full.keepDone("restored", [])).toBe(true);
    await full.write(chunkOf(1, "a\n"), stream("a\n"));
    expect(full.keepDone("restore", { a: 1 })).toBe(false);
    expect(full.received()).toEqual([]);
    expect(full.kept("restore", z.object({ a: z.number() }))).toEqual({ a: 1 });
  });

  it("keep results, and go when they are not needed any more", () => {
    expect(store.kept("backup", z.object({ a: z.number() }))).toBeUndefined();
    store.keep("backup", { a: 1 });
    expect(new ChunkStore(root, id).kept("backup", z.object({ a: z.number() }))).toEqual({ a: 1 });
    store.forget();
    expect(readdirSync(root)).toEqual([]);
  });
});
