import { createWriteStream } from "node:fs";
import { open } from "node:fs/promises";
import { dirname } from "node:path";
import { pipeline as chain, Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { sha256 } from "@understudy/core";
import { type Pack, pack } from "tar-stream";
import { type Audience, encrypted } from "./encryption.ts";
import type { Metadata } from "./metadata.ts";
import { archiveFolder } from "./name.ts";
import { archivePaths } from "./paths.ts";
import { sealing } from "./seal.ts";
import type { Spooled } from "./spool.ts";

/** What an archive consists of. */
export interface Packed {
  readonly stamp: string;
  readonly metadata: Metadata;
  /** By path: every one of `metadata.files`. */
  readonly contents: ReadonlyMap<string, Spooled>;
  /** Hears of bytes before compression, as they pass. */
  readonly onBytes?: (bytes: number) => void;
}

/** Fast: what is sent once, to a colleague, waits for its sender more than for the line. */
const level = 1;

export interface WriteOptions {
  /** It must not be there yet. */
  readonly file: string;
  /** As `archiveBytes` gives them. */
  readonly bytes: AsyncIterable<Buffer>;
  /** Undefined: it is not encrypted. */
  readonly audience: Audience | undefined;
}

/** Write an archive, to disk. @throws what the bytes and the file system throw */
export async function writeArchive({ file, bytes, audience }: WriteOptions): Promise<void> {
  // Who reads the last of them is told what went wrong.
  const stages = [Readable.from(bytes), createGzip({ level }), sealing()];
  const packed = chain(stages, () => {}) as unknown as Readable;
  const sealed = audience ? await encrypted(packed, audience) : packed;
  await pipeline(sealed, createWriteStream(file, { mode: 0o600, flags: "wx", flush: true }));
  await using folder = await open(dirname(file));
  await folder.sync();
}

/** The metadata as it stands in an archive. */
export function metadataText(metadata: Metadata): string {
  return `${JSON.stringify(metadata, null, 2)}\n`;
}

/** What identifies an archive, for one that lies over it. */
export function metadataDigest(text: string): string {
  return sha256(text);
}

/** An archive as it is before compression: a tar. */
export async function* archiveBytes(content: Packed): AsyncGenerator<Buffer> {
  const tar = pack();
  const filling = fill(tar, content);
  // Told below; until then it is not to end the process.
  filling.catch((error) => tar.destroy(error as Error));
  for await (const chunk of tar) yield chunk as Buffer;
  await filling;
}

async function fill(tar: Pack, { stamp, metadata, contents, onBytes = () => {} }: Packed): Promise<void> {
  const mtime = new Date(metadata.exportDate);
  const folder = archiveFolder(stamp);
  const text = metadataText(metadata);
  tar.entry({ name: `${folder}/`, type: "directory", mode: 0o700, mtime });
  tar.entry({ name: `${folder}/${archivePaths.metadata}`, mode: 0o600, mtime }, text);
  for (const { path, bytes } of metadata.files) {
    const spooled = contents.get(path);
    if (!spooled) throw new Error(`nothing was spooled for ${path}`);
    await add(tar, { name: `${folder}/${path}`, size: bytes, mode: 0o600, mtime }, spooled, onBytes);
  }
  tar.finalize();
}

async function add(
  tar: Pack,
  header: Parameters<Pack["entry"]>[0],
  spooled: Spooled,
  onBytes: (bytes: number) => void,
): Promise<void> {
  const packed = Promise.withResolvers<void>();
  const entry = tar.entry(header, (error) => (error ? packed.reject(error) : packed.resolve()));
  // It is told by the promise; and whoever waits for room is to go on.
  entry.on("error", () => {});
  packed.promise.catch(() => {});
  for await (const chunk of spooled.read()) {
    onBytes((chunk as Buffer).length);
    if (entry.write(chunk)) continue;
    await Promise.race([new Promise<void>((resolve) => entry.once("drain", () => resolve())), packed.promise]);
  }
  entry.end(null);
  await packed.promise;
}
