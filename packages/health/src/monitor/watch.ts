import type { CheckResult } from "../checks/check.ts";
import { advance, type CheckState, forgetUnconfirmed, isNoteworthy, type Thresholds } from "./check-state.ts";
import { type Decision, decide, type Incident, type World } from "./incidents.ts";

/** What the monitor must know again after a restart. Plain data. */
export interface Memory {
  readonly states: readonly CheckState[];
  readonly incidents: readonly Incident[];
}

/** What the environment is like in a moment of decision. */
export type Moment = Pick<World, "quiet" | "silenced" | "now">;

export interface WatchOptions extends Pick<World, "remindAfter" | "settle" | "newId"> {
  readonly thresholds: Thresholds;
}

/** Holds what is known of every check, and decides what is said. It knows no clock, no engine and no file. */
export class Watch {
  readonly #options: WatchOptions;
  readonly #states: Map<string, CheckState>;
  #incidents: readonly Incident[];
  #changed = false;

  constructor(options: WatchOptions, memory: Memory = { states: [], incidents: [] }) {
    this.#options = options;
    this.#states = new Map(memory.states.map((state) => [state.name, state]));
    this.#incidents = memory.incidents;
  }

  get states(): ReadonlyMap<string, CheckState> {
    return this.#states;
  }

  get incidents(): readonly Incident[] {
    return this.#incidents;
  }

  /** Take the result of a look that ended at `at`, ms since the epoch. */
  take(result: CheckResult, at: number): CheckState {
    const before = this.#states.get(result.name);
    const state = advance(before, result, at, this.#options.thresholds);
    this.#changed ||= isNoteworthy(state) || (before !== undefined && isNoteworthy(before));
    this.#states.set(result.name, state);
    return state;
  }

  /** Nothing was seen for a while: what was about to fail is not. */
  forgetUnconfirmed(): void {
    for (const [name, state] of this.#states) this.#states.set(name, forgetUnconfirmed(state));
    this.#changed = true;
  }

  /** Checks that there are no more are forgotten; what failed of them counts as well. */
  keepOnly(names: ReadonlySet<string>): void {
    for (const name of this.#states.keys()) if (!names.has(name)) this.#states.delete(name);
    this.#changed = true;
  }

  /** Look at everything that is known and settle what is to be said now. */
  decide(moment: Moment, needs: World["needs"]): Decision {
    const { remindAfter, settle, newId } = this.#options;
    const world: World = { ...moment, states: this.#states, needs, remindAfter, settle, newId };
    const decision = decide(world, this.#incidents);
    this.#changed ||= JSON.stringify(decision.incidents) !== JSON.stringify(this.#incidents);
    this.#incidents = decision.incidents;
    return decision;
  }

  /** What must be kept, if it is other than at the last call. */
  takeMemory(): Memory | undefined {
    if (!this.#changed) return undefined;
    this.#changed = false;
    return this.memory;
  }

  get memory(): Memory {
    return { states: [...this.#states.values()].filter(isNoteworthy), incidents: this.#incidents };
  }
}
