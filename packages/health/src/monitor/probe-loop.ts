import pLimit from "p-limit";
import type { Check } from "../checks/check.ts";
import type { Clock } from "./stalls.ts";

export interface ProbeLoopOptions {
  /** ms between two looks of a check that names no interval of its own. */
  readonly interval: number;
  /** Looks at the same time, at most. */
  readonly concurrency: number;
  readonly clock: Clock;
  /** Looks, and takes the result; never throws. */
  look(check: Check): Promise<void>;
  /** From 0 up to, and without, 1. */
  random(): number;
}

interface Probe {
  readonly check: Check;
  readonly period: number;
  /** When the next look is due, by the monotonic clock. */
  due: number;
  running: boolean;
  timer: NodeJS.Timeout | undefined;
}

/**
 * Looks at every check at its own steady pace. The first looks are spread over the period at random; a look that is not
 * back when its next is due lets that one fall out, so that no check ever overlaps itself.
 */
export class ProbeLoop {
  readonly #options: ProbeLoopOptions;
  readonly #limit: ReturnType<typeof pLimit>;
  #probes: Probe[] = [];

  constructor(options: ProbeLoopOptions) {
    this.#options = options;
    this.#limit = pLimit(options.concurrency);
  }

  /** Begin with these checks, in place of those before. Checks of one phase are looked at together. */
  start(checks: readonly Check[], phaseOf: (check: Check) => string = ({ name }) => name): void {
    this.stop();
    const phases = new Map<string, number>();
    for (const phase of shuffled([...new Set(checks.map(phaseOf))], this.#options.random)) {
      phases.set(phase, phases.size);
    }
    const now = this.#options.clock.monotonic();
    this.#probes = checks.map((check) => {
      const period = check.interval ?? this.#options.interval;
      const slot = (phases.get(phaseOf(check)) ?? 0) / phases.size;
      return { check, period, due: now + slot * period, running: false, timer: undefined };
    });
    for (const probe of this.#probes) this.#arm(probe);
  }

  /** No further looks begin; those that are on end by themselves. */
  stop(): void {
    for (const probe of this.#probes) clearTimeout(probe.timer);
    this.#probes = [];
  }

  /** Go on after a time in which nothing ran: what fell due meanwhile is not made up for. */
  resume(): void {
    this.start(this.#probes.map(({ check }) => check));
  }

  #arm(probe: Probe): void {
    const { clock } = this.#options;
    probe.timer = setTimeout(
      () => {
        probe.due += probe.period * Math.max(1, Math.ceil((clock.monotonic() - probe.due) / probe.period));
        this.#arm(probe);
        void this.#look(probe);
      },
      Math.max(0, probe.due - clock.monotonic()),
    );
  }

  async #look(probe: Probe): Promise<void> {
    if (probe.running) return;
    probe.running = true;
    await this.#limit(() => this.#options.look(probe.check));
    probe.running = false;
  }
}

/** Fisher and Yates. */
function shuffled<T>(items: T[], random: () => number): T[] {
  for (let at = items.length - 1; at > 0; at--) {
    const other = Math.floor(random() * (at + 1));
    [items[at], items[other]] = [items[other] as T, items[at] as T];
  }
  return items;
}
