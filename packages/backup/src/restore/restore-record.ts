import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { UserError, writeFileAtomic } from "@understudy/core";
import type { SwapPhase, SwapRecord } from "@understudy/data";
import type { Target } from "@understudy/environment";

interface RestoreState {
  readonly backup: string;
  readonly finish: string;
  readonly phase: SwapPhase;
  readonly databases: readonly { readonly name: string; readonly hadLive: boolean }[];
  /** As the compose files name them. */
  readonly volumes: readonly string[];
}

/** Where a restore is, on disk before each step, so that another run can bring it to an end. */
export class RestoreRecord implements SwapRecord {
  readonly #file: string;
  #state: RestoreState;

  private constructor(file: string, state: RestoreState) {
    this.#file = file;
    this.#state = state;
  }

  static begin(target: Target, backup: string, finish: string): RestoreRecord {
    const state = { backup, finish, phase: "prepared", databases: [], volumes: [] } as const;
    const record = new RestoreRecord(fileOf(target), state);
    record.#update({});
    return record;
  }

  /** The newest one of an environment, or undefined. @throws UserError when it is damaged. */
  static last(target: Target): RestoreRecord | undefined {
    const file = fileOf(target);
    if (!existsSync(file)) return undefined;
    try {
      return new RestoreRecord(file, JSON.parse(readFileSync(file, "utf8")) as RestoreState);
    } catch (error) {
      throw new UserError(`${file} is damaged`, {
        next: "See docs/backup.md, When a restore's record is lost",
        cause: error,
      });
    }
  }

  get what(): string {
    return `The restore of ${this.#state.backup}`;
  }

  get finish(): string {
    return this.#state.finish;
  }

  get phase(): SwapPhase {
    return this.#state.phase;
  }

  get databases(): RestoreState["databases"] {
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

  #update(change: Partial<RestoreState>): void {
    this.#state = { ...this.#state, ...change };
    writeFileAtomic(this.#file, `${JSON.stringify(this.#state, null, 2)}\n`);
  }
}

function fileOf({ installation, environment }: Target): string {
  return join(installation.stateDir, "restores", `${environment.name}.json`);
}
