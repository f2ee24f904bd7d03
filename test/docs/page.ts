import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";

/** The checkout. */
export const checkout = resolve(import.meta.dirname, "../..");

/** A fenced block of a page under docs/. */
export interface Block {
  readonly language: string;
  /** What a `bash` block must end with: `exit=1` after the language, else 0. */
  readonly exitCode: number;
  readonly text: string;
  /** Line of the opening fence. */
  readonly line: number;
}

/** The fenced blocks of a page, in order. */
export function blocksOf(page: string): Block[] {
  const text = readFileSync(join(checkout, page), "utf8");
  return [...text.matchAll(/^```(\w+)(?: exit=(\d+))?\n(.*?)^```$/gms)].map(
    ({ 1: language = "", 2: exitCode = "0", 3: body = "", index }) => ({
      language,
      exitCode: Number(exitCode),
      text: body,
      line: text.slice(0, index).split("\n").length,
    }),
  );
}
