import { bytesInWords, countInWords, secondsInWords } from "@understudy/core";

/** A rate over less than this says nothing, s. */
const warmUp = 2;

/** How far a copy is, by the bytes that crossed. The total is an estimate: the size of tables, not of their text. */
export class Progress {
  readonly #total: number;
  readonly #began: number;
  readonly #now: () => number;
  #bytes = 0;
  #rows = 0;

  constructor(total: number, now: () => number = performance.now.bind(performance)) {
    this.#total = total;
    this.#now = now;
    this.#began = now();
  }

  bytes(count: number): void {
    this.#bytes += count;
  }

  rows(count: number): void {
    this.#rows += count;
  }

  /** `public.orders: 120 MB of about 1.1 GB, 43 MB/s, 23 s left, 812,000 rows`. */
  line(table: string): string {
    const seconds = (this.#now() - this.#began) / 1_000;
    const rate = this.#bytes / seconds;
    const left = (this.#total - this.#bytes) / rate;
    return [
      `${table}: ${bytesInWords(this.#bytes)} of about ${bytesInWords(Math.max(this.#total, this.#bytes))}`,
      ...(seconds > warmUp ? [`${bytesInWords(rate)}/s`, ...(left > 0 ? [`${secondsInWords(left)} left`] : [])] : []),
      ...(this.#rows ? [`${countInWords(this.#rows)} rows`] : []),
    ].join(", ");
  }
}
