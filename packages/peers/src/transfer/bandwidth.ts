import { Transform } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";

/** Shares a number of bytes a second between all streams that go through it. */
export class Bandwidth {
  readonly #perSecond: number;
  readonly #clock: () => number;
  /** When what was let through is paid for, ms. */
  #paidUntil = 0;

  /** @param bytesPerSecond 0: no limit */
  constructor(bytesPerSecond: number, clock: () => number = () => performance.now()) {
    this.#perSecond = bytesPerSecond;
    this.#clock = clock;
  }

  /** ms that so many bytes have to wait, so that no second lets more through than it may. */
  take(bytes: number): number {
    if (this.#perSecond === 0) return 0;
    const now = this.#clock();
    this.#paidUntil = Math.max(now, this.#paidUntil) + (1_000 * bytes) / this.#perSecond;
    return this.#paidUntil - now;
  }

  /** A stream that lets bytes through no faster. */
  limit(): Transform {
    return new Transform({
      transform: (bytes: Buffer, _, done) => {
        const wait = this.take(bytes.length);
        if (wait < 1) return done(null, bytes);
        sleep(wait).then(() => done(null, bytes), done);
      },
    });
  }
}
