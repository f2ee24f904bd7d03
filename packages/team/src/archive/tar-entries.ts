import { ByteReader } from "./byte-reader.ts";

/** Something in a tar. */
export interface TarEntry {
  readonly name: string;
  readonly type: "file" | "folder";
  /** Bytes. */
  readonly size: number;
  /** Its content, once; what is not read of it is skipped. */
  readonly content: AsyncIterable<Buffer>;
}

/** A tar that is not one that we write. */
export class ForeignTar extends Error {}

const block = 512;

/** Two empty blocks end a tar; tools may fill it up to a record. */
const mostPadding = 20 * block;

/**
 * The entries of a tar as our writer makes it: ustar, regular files and folders, short names. Everything else that tar can say is
 * refused where it stands: links, devices, sparse files, extended headers, which could rename what follows or fill the memory.
 * @throws ForeignTar, EndOfBytes
 */
export async function* tarEntries(bytes: AsyncIterable<Buffer>): AsyncGenerator<TarEntry> {
  const reader = new ByteReader(bytes);
  for (;;) {
    const header = await reader.take(block);
    if (!header) throw new ForeignTar("it has no end");
    if (isEmpty(header)) break;
    const entry = entryOf(header);
    let left = entry.size;
    const content = async function* () {
      for await (const part of reader.stream(left)) {
        left -= part.length;
        yield part;
      }
    };
    yield { ...entry, content: content() };
    for await (const _ of reader.stream(left));
    await reader.take((block - (entry.size % block)) % block);
  }
  let padding = 0;
  for await (const part of parts(reader)) {
    padding += part.length;
    if (!isEmpty(part) || padding > mostPadding) throw new ForeignTar("something follows its end");
  }
}

async function* parts(reader: ByteReader): AsyncGenerator<Buffer> {
  for (let part = await reader.take(block); part; part = await reader.take(block)) yield part;
}

function entryOf(header: Buffer): Omit<TarEntry, "content"> {
  if (octal(header, 148, 8) !== sumOf(header)) throw new ForeignTar("a header's sum is wrong");
  if (header.toString("latin1", 257, 263) !== "ustar\0") throw new ForeignTar("it is not in the format ustar");
  const name = text(header, 0, 100);
  const [type, link, prefix] = [header.toString("latin1", 156, 157), text(header, 157, 100), text(header, 345, 155)];
  const kind = ({ "0": "file", "5": "folder" } as const)[type];
  if (!kind || link || prefix) throw new ForeignTar(`"${printable(name)}" is neither a plain file nor a folder`);
  const size = sizeOf(header);
  if (kind === "folder" && size > 0) throw new ForeignTar(`the folder "${printable(name)}" has a content`);
  return { name, type: kind, size };
}

/** POSIX: the sum of all bytes of the header, with spaces in the place of the sum. */
function sumOf(header: Buffer): number {
  return header.reduce((sum, byte, index) => sum + (index >= 148 && index < 156 ? 0x20 : byte), 0);
}

/** Octal digits, or from 8 GiB on a binary number, whose first bit is set. */
function sizeOf(header: Buffer): number {
  if (((header[124] ?? 0) & 0x80) === 0) return octal(header, 124, 12);
  const size = header.readBigUInt64BE(128);
  const fits = header[124] === 0x80 && header.readUIntBE(125, 3) === 0 && size <= BigInt(Number.MAX_SAFE_INTEGER);
  if (!fits) throw new ForeignTar("a size is out of range");
  return Number(size);
}

function octal(header: Buffer, start: number, length: number): number {
  const digits = header.toString("latin1", start, start + length).replace(/[\0 ]+$/, "");
  if (!/^ *[0-7]+$/.test(digits)) throw new ForeignTar("a header has something else where a number belongs");
  return Number.parseInt(digits, 8);
}

function text(header: Buffer, start: number, length: number): string {
  const all = header.subarray(start, start + length);
  const end = all.indexOf(0);
  return all.toString("latin1", 0, end < 0 ? length : end);
}

function isEmpty(part: Buffer): boolean {
  return part.every((byte) => byte === 0);
}

function printable(name: string): string {
  return name.replaceAll(/[^\x20-\x7e]/g, "?");
}
