const mebibyte = 1_048_576;

/** Tells how far a transfer is, at most once a second: `sending 120 of 390 MiB, 35 MiB/s, 8 s left`. Sizes in bytes. */
export class TransferProgress {
  readonly #verb: string;
  readonly #report: (line: string) => void;
  readonly #started: number;
  #told = 0;

  constructor(verb: string, report: (line: string) => void, now = Date.now()) {
    this.#verb = verb;
    this.#report = report;
    this.#started = now;
  }

  at(done: number, total: number, now = Date.now()): void {
    if (now - this.#told < 1_000) return;
    this.#told = now;
    const rate = done / Math.max((now - this.#started) / 1_000, 0.001);
    const left = Math.max(total - done, 0) / rate;
    const pace =
      done > 0 ? `, ${(rate / mebibyte).toFixed(rate < 10 * mebibyte ? 1 : 0)} MiB/s, ${Math.ceil(left)} s left` : "";
    this.#report(`${this.#verb} ${Math.round(done / mebibyte)} of ${Math.round(total / mebibyte)} MiB${pace}`);
  }
}
