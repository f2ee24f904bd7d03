import { existsSync, readFileSync } from "node:fs";
import { UserError, writeFileAtomic } from "@understudy/core";
import type { DataFacts } from "@understudy/environment";
import type { SwapPhase, SwapRecord } from "./swap.ts";
import type { DatabaseSwap } from "./swap-databases.ts";

interface SwapState {
  readonly what: string;
  readonly finish: string;
  readonly phase: SwapPhase;
  readonly keepsOld: boolean;
  /** What is swapped in was kept from before: failing that, it is kept again. */
  readonly fromKept: boolean;
  /** What is known of the data that goes and of the data that comes; null: nobody asks. */
  readonly facts: { readonly before: DataFacts; readonly after: DataFacts } | null;
  readonly databases: readonly DatabaseSwap[];
  /** As the compose files name them. */
  readonly volumes: readonly string[];
}

/** Where a swap is, on disk before each step, so that another run can bring it to an end. */
export class SwapFile implements SwapRecord {
  readonly #file: string;
  #state: SwapState;

  private constructor(file: string, state: SwapState) {
    this.#file = file;
    this.#state = state;
  }

  /** @param keepsOld what is replaced stays for one more generation. */
  static begin(
    file: string,
    {
      what,
      finish,
      keepsOld = false,
      fromKept = false,
      facts = null,
    }: Pick<SwapState, "what" | "finish"> & Partial<SwapState>,
  ): SwapFile {
    const record = new SwapFile(file, {
      what,
      finish,
      keepsOld,
      fromKept,
      facts,
      phase: "prepared",
      databases: [],
      volumes: [],
    });
    record.#update({});
    return record;
  }

  /** The newest one, or undefined. @param next what to do about one that is damaged @throws UserError when it is */
  static last(file: string, next: string): SwapFile | undefined {
    if (!existsSync(file)) return undefined;
    try {
      return new SwapFile(file, JSON.parse(readFileSync(file, "utf8")) as SwapState);
    } catch (error) {
      throw new UserError(`${file} is damaged`, { next, cause: error });
    }
  }

  get what(): string {
    return this.#state.what;
  }

  get finish(): string {
    return this.#state.finish;
  }

  get phase(): SwapPhase {
    return this.#state.phase;
  }

  get keepsOld(): boolean {
    return this.#state.keepsOld;
  }

  get fromKept(): boolean {
    return this.#state.fromKept;
  }

  get facts(): SwapState["facts"] {
    return this.#state.facts;
  }

  get databases(): readonly DatabaseSwap[] {
    return this.#state.databases;
  }

  get volumes(): readonly string[] {
    return this.#state.volumes;
  }

  enter(phase: SwapPhase): void {
    this.#update({ phase });
  }

  addDatabase(name: string, hadLive: boolean): void {
    this.#update({ databases: [...this.databases.filter((one) => one.name !== name), { name, hadLive }] });
  }

  addVolume(name: string): void {
    this.#update({ volumes: [...new Set([...this.volumes, name])] });
  }

  #update(change: Partial<SwapState>): void {
    this.#state = { ...this.#state, ...change };
    writeFileAtomic(this.#file, `${JSON.stringify(this.#state, null, 2)}\n`);
  }
}
