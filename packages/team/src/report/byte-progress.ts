import { bytesInWords, secondsInWords } from "@understudy/core";

/** Hears of more bytes that have passed. */
export type OnBytes = (more: number) => void;

type Say = (line: string) => void;

/** Says a line now and then of how much was read. */
export function showProgress(say: Say): OnBytes {
  return everySoOften(5_000, (bytes) => say(`${bytesInWords(bytes)} are checked`));
}

/** Reports how much has passed, of nobody knows how much: `n8n: 12 MB, 40 MB/s`. */
export function amount(report: Say, what: string): OnBytes {
  return everySoOften(1_000, (bytes, seconds) =>
    report(`${what}: ${bytesInWords(bytes)}, ${bytesInWords(bytes / seconds)}/s`),
  );
}

/** Reports how much of all bytes have passed: `42 % written, 1.2 GB of 3.0 GB, 12 s left`. */
export function share(all: number, report: Say, done: string): OnBytes {
  return everySoOften(1_000, (bytes, seconds) => {
    const left = secondsInWords(((all - bytes) / bytes) * seconds);
    report(
      `${Math.floor((bytes / all) * 100)} % ${done}, ${bytesInWords(bytes)} of ${bytesInWords(all)}, ${left} left`,
    );
  });
}

/** Where there is no terminal, each line stays: a few are enough. @param interval ms */
function everySoOften(interval: number, show: (bytes: number, seconds: number) => void): OnBytes {
  const began = performance.now();
  let [bytes, last] = [0, began];
  return (more) => {
    bytes += more;
    const now = performance.now();
    if (now - last < interval) return;
    last = now;
    show(bytes, (now - began) / 1_000);
  };
}
