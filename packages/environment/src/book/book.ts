import { gunzipSync, gzipSync } from "node:zlib";
import { sha256 } from "@understudy/core";

/** What the installations of one environment noted of it, kept with its stack so that each of them knows it. */
export interface Book {
  /** Counts up with every change. */
  readonly generation: number;
  /** Text by path below `.understudy`. */
  readonly files: Readonly<Record<string, string>>;
}

/** A run that has begun and, as far as the book says, not ended. */
export interface OpenRun {
  readonly run: string;
  readonly verb: string;
  readonly step: string;
  /** ISO 8601. */
  readonly at: string;
  /** `user@host`. */
  readonly by: string;
  /** The installation, see `placeOf`. */
  readonly where: string;
}

/** What tells two books of one generation apart. */
export function hashOf({ files }: Book): string {
  return sha256(JSON.stringify(Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1))));
}

export function packBook(book: Book): Buffer {
  return gzipSync(JSON.stringify(book));
}

export function unpackBook(packed: Buffer): Book {
  return JSON.parse(gunzipSync(packed).toString("utf8")) as Book;
}
