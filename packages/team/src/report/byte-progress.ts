import { bytesInWords } from "@understudy/core";

/** Between two lines, ms. */
const interval = 5_000;

/** Says a line now and then of how much was read. */
export function showProgress(say: (line: string) => void): (bytes: number) => void {
  let read = 0;
  let last = performance.now();
  return (bytes) => {
    read += bytes;
    if (performance.now() - last < interval) return;
    last = performance.now();
    say(`${bytesInWords(read)} are checked`);
  };
}
