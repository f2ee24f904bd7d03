import { bytesInWords, secondsInWords } from "@understudy/core";
import type { Status } from "./messages.ts";

/** `42 %, 1.2 GB of 3.0 GB, 12 s left`; `1.2 GB, 40 MB/s` while nobody knows how much there is. */
export function progressLine({ done, total, elapsed }: Status): string {
  const rate = elapsed > 0 ? done / elapsed : 0;
  if (!total) return [bytesInWords(done), ...(rate ? [`${bytesInWords(rate)}/s`] : [])].join(", ");
  const left = rate ? [`${secondsInWords((total - done) / rate)} left`] : [];
  return [`${Math.floor((done / total) * 100)} %`, `${bytesInWords(done)} of ${bytesInWords(total)}`, ...left].join(
    ", ",
  );
}
