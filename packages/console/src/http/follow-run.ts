import { secrets } from "@understudy/core";
import { lineFrom, readLines, readRun } from "../runs/read-run.ts";
import type { RunFolder } from "../runs/run-folder.ts";
import type { EventStream } from "./events.ts";

/** How often a run's output is looked at, ms. */
const interval = 300;

/**
 * Tell a page what a run says, as `log` events whose id is the byte that comes next, then `end` with the run as it ended.
 * @param from the byte to begin with: what a page has already is not told again. In the middle of a line, the next one begins: a
 * part of a secret would not be known as one
 * @returns what ends it
 */
export function followRun(
  folder: RunFolder,
  from: number,
  stream: Pick<EventStream, "send" | "end" | "isFull" | "onFree">,
): () => void {
  let at: number | undefined;
  const look = () => {
    // Before the output: what was written until it ended is then read.
    const over = folder.read()?.state !== "running";
    at ??= lineFrom(folder.stderr, from);
    while (at !== undefined && !stream.isFull) {
      const { text, end } = readLines(folder.stderr, at);
      if (end === at) break;
      at = end;
      stream.send("log", { text: secrets.redact(text) }, end);
    }
    if (!over || stream.isFull) return;
    stop();
    stream.send("end", secrets.redactData(readRun(folder)));
    stream.end();
  };
  const timer = setInterval(look, interval).unref();
  const stop = () => clearInterval(timer);
  stream.onFree(look);
  look();
  return stop;
}
