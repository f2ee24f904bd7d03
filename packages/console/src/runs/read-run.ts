import { closeSync, existsSync, fstatSync, openSync, readSync, statSync } from "node:fs";
import type { RunDetail } from "../contract/run.ts";
import type { RunFolder } from "./run-folder.ts";

/** Bytes of what a run said that are shown at once. */
const shown = 65_536;
/** Results are a line of JSON; one that is larger is not for a page. */
const largestResult = 8_000_000;

/** A run with what it printed so far. */
export function readRun(folder: RunFolder): RunDetail | undefined {
  const run = folder.read();
  if (!run) return undefined;
  const goesOn = run.state === "running";
  // What it says next begins with a line, too.
  const log = readTail(folder.stderr, shown, goesOn);
  const printed = goesOn ? undefined : lastJson(readTail(folder.stdout, largestResult).text);
  const error = errorIn(printed);
  return {
    ...run,
    result: error ? null : (printed ?? null),
    error,
    log: log.text,
    logEnd: log.end,
    pid: folder.pid() ?? null,
  };
}

/** What a file has from a byte on: whole lines, as far as they are written. */
export function readLines(file: string, from: number, most = shown): { readonly text: string; readonly end: number } {
  const piece = readPiece(file, from, most);
  const cut = piece.lastIndexOf(0x0a) + 1;
  // One line that is longer than what is read at once is shown in parts.
  const whole = cut > 0 || piece.length < most ? piece.subarray(0, cut) : piece;
  return { text: whole.toString("utf8"), end: from + whole.length };
}

/** The first line that begins at a byte or after it; undefined while none does. */
export function lineFrom(file: string, at: number): number | undefined {
  if (at === 0) return 0;
  const piece = readPiece(file, at - 1, shown);
  const newline = piece.indexOf(0x0a);
  if (newline >= 0) return at + newline;
  return piece.length === shown ? lineFrom(file, at + shown) : undefined;
}

/** The end of a file, from the beginning of a line. @param whole without a last line that is still being written */
function readTail(file: string, most: number, whole = false): { readonly text: string; readonly end: number } {
  const from = Math.max(0, sizeOf(file) - most);
  const piece = readPiece(file, from, most);
  const begin = from === 0 ? 0 : afterFirstLine(piece);
  const end = whole ? Math.max(begin, piece.lastIndexOf(0x0a) + 1) : piece.length;
  return { text: piece.subarray(begin, end).toString("utf8"), end: from + end };
}

function afterFirstLine(piece: Buffer): number {
  const at = piece.indexOf(0x0a);
  return at < 0 ? piece.length : at + 1;
}

/** The last line that is JSON. Pure. */
export function lastJson(text: string): unknown {
  for (const line of text.trimEnd().split("\n").reverse()) {
    try {
      return JSON.parse(line);
    } catch {}
  }
  return undefined;
}

/** `{"error":{"message","next"}}`, as every verb says what went wrong. Pure. */
export function errorIn(printed: unknown): RunDetail["error"] {
  const error = (printed as { error?: { message?: unknown; next?: string } } | null | undefined)?.error;
  return typeof error?.message === "string" ? { message: error.message, next: error.next ?? null } : null;
}

function readPiece(file: string, from: number, most: number): Buffer {
  if (!existsSync(file)) return Buffer.alloc(0);
  const descriptor = openSync(file, "r");
  try {
    const piece = Buffer.alloc(Math.max(0, Math.min(most, fstatSync(descriptor).size - from)));
    return piece.subarray(0, readSync(descriptor, piece, 0, piece.length, from));
  } finally {
    closeSync(descriptor);
  }
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}
