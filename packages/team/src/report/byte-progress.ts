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

/** Reports how much of all bytes have passed: `42 % written, 1.2 GB of 3.0 GB`. */
export function share(all: number, report: (line: string) => void, done: string): (bytes: number) => void {
  let bytes = 0;
  return (more) => {
    bytes += more;
    report(`${Math.floor((bytes / all) * 100)} % ${done}, ${bytesInWords(bytes)} of ${bytesInWords(all)}`);
  };
}
