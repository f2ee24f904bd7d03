import { createHash } from "node:crypto";
import { createReadStream, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { type FileHandle, open, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { UserError, writeFileAtomic } from "@understudy/core";
import type { z } from "zod";
import { AgentError } from "../agent-error.ts";
import { sayDisk } from "../disk-full.ts";
import type { Chunk } from "../transfer/chunk.ts";
import { RowCutter } from "../transfer/cut-rows.ts";

/** The chunks and results of one session on this side's disk. */
export class ChunkStore {
  readonly folder: string;

  /** @param sessionId a UUID: it becomes a folder's name */
  constructor(root: string, sessionId: string) {
    if (!isSessionId(sessionId))
      throw new UserError(`"${sessionId}" is no session id`, { next: "See pnpm sync:sessions" });
    this.folder = join(root, sessionId);
    mkdirSync(this.folder, { recursive: true, mode: 0o700 });
  }

  /** Numbers of the chunks that are whole. */
  received(): number[] {
    return readdirSync(this.folder)
      .flatMap((name) => /^chunk-(\d{6,8})$/.exec(name)?.[1] ?? [])
      .map(Number)
      .sort((a, b) => a - b);
  }

  /** A chunk's bytes; fails at the end when they are not what they were. */
  read(chunk: Chunk): Readable {
    return createReadStream(this.#file(chunk.no), { highWaterMark: 262_144 });
  }

  /** Keep a chunk when it is what it should be. @throws UserError when it is longer, shorter or other */
  async write(chunk: Chunk, bytes: AsyncIterable<Buffer>): Promise<void> {
    const part = `${this.#file(chunk.no)}.${process.pid}.${Math.random().toString(36).slice(2)}.part`;
    const file = await openForWriting(part);
    const hash = createHash("sha256");
    let size = 0;
    try {
      for await (const piece of bytes) {
        size += piece.length;
        if (size > chunk.bytes) throw notTheChunk(chunk, `it is longer than ${chunk.bytes} bytes`);
        hash.update(piece);
        await writeTo(file, piece);
      }
      if (size !== chunk.bytes) throw notTheChunk(chunk, `it has ${size} bytes instead of ${chunk.bytes}`);
      if (hash.digest("hex") !== chunk.sha256) throw notTheChunk(chunk, "its checksum is another");
      await file.close();
      await rename(part, this.#file(chunk.no));
    } catch (error) {
      await file.close().catch(() => {});
      await rm(part, { force: true });
      throw error;
    }
  }

  /** Cut rows of a table into chunks. @param nextNo gives each its number */
  async writeRows(
    table: string,
    rows: AsyncIterable<Buffer>,
    {
      size,
      nextNo,
      onBytes,
    }: { readonly size: number; readonly nextNo: () => number; readonly onBytes: (bytes: number) => void },
  ): Promise<Chunk[]> {
    const cutter = new RowCutter(size);
    const chunks: Chunk[] = [];
    let open: OpenChunk | undefined;
    try {
      for await (const part of rows) {
        for (const { bytes, last } of cutter.cut(part)) {
          open ??= await this.#open(nextNo());
          open.hash.update(bytes);
          open.bytes += bytes.length;
          await writeTo(open.file, bytes);
          if (!last) continue;
          chunks.push(await close(open, table));
          open = undefined;
        }
        onBytes(part.length);
      }
      if (open) chunks.push(await close(open, table));
      open = undefined;
      return chunks;
    } finally {
      await open?.file.close().catch(() => {});
    }
  }

  /** A result that outlives this process. */
  keep(name: string, value: unknown): void {
    try {
      writeFileAtomic(join(this.folder, `${name}.json`), JSON.stringify(value));
    } catch (error) {
      sayDisk(error);
    }
  }

  /** A result of what is committed already. Where the disk is full, the chunks make room for it. @returns whether the chunks are still there */
  keepDone(name: string, value: unknown): boolean {
    try {
      this.keep(name, value);
      return true;
    } catch {
      this.clear();
      this.keep(name, value);
      return false;
    }
  }

  kept<T>(name: string, schema: z.ZodType<T>): T | undefined {
    const file = join(this.folder, `${name}.json`);
    return existsSync(file) ? schema.parse(JSON.parse(readFileSync(file, "utf8"))) : undefined;
  }

  /** Remove the chunks, as nobody asks for them any more. */
  forget(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Remove the chunks, and keep the results. */
  clear(): void {
    for (const name of readdirSync(this.folder)) {
      if (name.startsWith("chunk-")) rmSync(join(this.folder, name));
    }
  }

  async #open(no: number): Promise<OpenChunk> {
    return { no, file: await openForWriting(this.#file(no)), hash: createHash("sha256"), bytes: 0 };
  }

  #file(no: number): string {
    return join(this.folder, `chunk-${String(no).padStart(6, "0")}`);
  }
}

interface OpenChunk {
  readonly no: number;
  readonly file: FileHandle;
  readonly hash: ReturnType<typeof createHash>;
  bytes: number;
}

export function isSessionId(text: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text);
}

async function close({ no, file, hash, bytes }: OpenChunk, table: string): Promise<Chunk> {
  await file.close();
  return { no, table, bytes, sha256: hash.digest("hex") };
}

async function openForWriting(file: string): Promise<FileHandle> {
  return await open(file, "w", 0o600).catch(sayDisk);
}

async function writeTo(file: FileHandle, bytes: Buffer): Promise<void> {
  for (let at = 0; at < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, at).catch(sayDisk);
    at += bytesWritten;
  }
}

/** A line that corrupts, or somebody who forges: the same chunk may be sent again. */
function notTheChunk({ no }: Chunk, why: string): AgentError {
  return new AgentError(422, "bad-chunk", `Chunk ${no} did not arrive as it was sent: ${why}`, "It is sent again");
}
