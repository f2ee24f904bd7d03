const mebibyte = 1_048_576;

/** Tells how far a transfer is, now and then: `sending 120 of 390 MiB, 35 MiB/s, 8 s left`. Sizes in bytes. */
export class TransferProgress {
  readonly #verb: string;
  readonly #report: (line: string) => void;
  readonly #pause: number;
  /** Of the first byte: preparing is not part of the rate. */
  #started: number | undefined;
  #told = 0;

  /** @param pause ms between two lines; longer where every line stays. */
  constructor(verb: string, report: (line: string) => void, pause = process.stderr.isTTY ? 1_000 : 10_000) {
    this.#verb = verb;
    this.#report = report;
    this.#pause = pause;
  }

  at(done: number, total: number, now = Date.now()): void {
    this.#started ??= now;
    if (now - this.#told < this.#pause) return;
    this.#told = now;
    const line = `${this.#verb} ${Math.round(Math.min(done, total) / mebibyte)} of ${Math.round(total / mebibyte)} MiB`;
    this.#report(now === this.#started ? line : `${line}, ${pace(done, total, (now - this.#started) / 1_000)}`);
  }
}

function pace(done: number, total: number, seconds: number): string {
  const rate = done / seconds;
  const left = rate ? `${Math.ceil(Math.max(total - done, 0) / rate)} s left` : "waiting";
  return `${(rate / mebibyte).toFixed(rate < 10 * mebibyte ? 1 : 0)} MiB/s, ${left}`;
}
