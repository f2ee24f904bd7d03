/** Both of the machine's clocks, in ms. */
export interface Clock {
  /** Since the epoch. A person or NTP can set it; it goes on while the machine sleeps. */
  now(): number;
  /** Never set, and on Linux stands still while the machine sleeps. */
  monotonic(): number;
}

export const systemClock: Clock = { now: Date.now, monotonic: () => performance.now() };

/** A time in which the monitor saw nothing: whatever was, is unknown, and no downtime. ms since the epoch. */
export interface Gap {
  readonly from: number;
  readonly to: number;
  readonly why:
    | "the monitor was stopped"
    | "the machine slept, or its clock was set forward"
    | "the clock was set back";
}

/** Notices that time went by without us. Ask it at a steady pace, and it tells of every jump longer than `tolerance`, ms. */
export class StallWatch {
  readonly #clock: Clock;
  readonly #tolerance: number;
  #wall: number;
  #monotonic: number;

  constructor(clock: Clock, tolerance: number) {
    this.#clock = clock;
    this.#tolerance = tolerance;
    this.#wall = clock.now();
    this.#monotonic = clock.monotonic();
  }

  /** What happened since the last call, if it was more than time going by. */
  tick(): Gap | undefined {
    const from = this.#wall;
    const to = this.#clock.now();
    const monotonic = this.#clock.monotonic();
    const ran = monotonic - this.#monotonic;
    const jumped = to - from - ran;
    this.#wall = to;
    this.#monotonic = monotonic;
    if (jumped > this.#tolerance) return { from, to, why: "the machine slept, or its clock was set forward" };
    if (jumped < -this.#tolerance) return { from, to, why: "the clock was set back" };
    if (ran > this.#tolerance) return { from, to, why: "the monitor was stopped" };
    return undefined;
  }
}
