import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Installation, sha256, UserError, writeFileAtomic } from "@understudy/core";

/** Where a copy is, on disk after each step, so that another run can go on. Names and counts only, never a value. */
export interface CopyState {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  /** Of the masking key: a copy is only continued with the key that it was begun with. */
  readonly key: string;
  readonly sample: number | undefined;
  readonly masked: boolean;
  /** Volumes whose new content is prepared. */
  readonly volumes: readonly string[];
  /** ISO 8601. */
  readonly startedAt: string;
  readonly phase: CopyPhase;
  readonly databases: Readonly<Record<string, DatabaseState>>;
}

/**
 * `copying`: the live data is untouched. `swapping`: some of it may be renamed. `proving`: the new data is live, the old still
 * there. `proven`: the old may go. `ended`: it went. `undone`: the old data is live.
 */
export type CopyPhase = "copying" | "swapping" | "proving" | "proven" | "ended" | "undone";

export interface DatabaseState {
  /** `rows`: tables of `done` are loaded. `finishing`: all are, indexes and constraints are being made. `verified`: proven equal and free of leaks. */
  readonly phase: "rows" | "finishing" | "verified";
  /** Hash of schema and plan: when it has changed since, the database is copied anew. */
  readonly plan: string;
  /** Whether there was one of that name to be put aside. */
  readonly hadLive: boolean;
  /** Rows of each table that is all there, by its id. */
  readonly done: Readonly<Record<string, number>>;
}

/** One run's folder: state, report. */
export class CopyFolder {
  readonly #file: string;
  #state: CopyState;

  private constructor(file: string, state: CopyState) {
    this.#file = file;
    this.#state = state;
  }

  static begin(installation: Installation, state: CopyState): CopyFolder {
    const folder = new CopyFolder(join(copiesFolder(installation), state.id, "state.json"), state);
    mkdirSync(folder.path, { recursive: true, mode: 0o700 });
    folder.update({});
    return folder;
  }

  /** The newest copy to an environment that did not end, or undefined. @throws UserError when its state is damaged. */
  static last(installation: Installation, to: string): CopyFolder | undefined {
    const folder = copiesFolder(installation);
    if (!existsSync(folder)) return undefined;
    const files = readdirSync(folder)
      .sort()
      .map((id) => join(folder, id, "state.json"))
      .filter((file) => existsSync(file));
    const newest = files.map((file) => new CopyFolder(file, read(file))).findLast(({ state }) => state.to === to);
    return newest && ["ended", "undone"].includes(newest.state.phase) ? undefined : newest;
  }

  get state(): CopyState {
    return this.#state;
  }

  get path(): string {
    return join(this.#file, "..");
  }

  update(change: Partial<CopyState>): void {
    this.#state = { ...this.#state, ...change };
    writeFileAtomic(this.#file, `${JSON.stringify(this.#state, null, 2)}\n`);
  }

  updateDatabase(name: string, change: Partial<DatabaseState>): void {
    const before = this.#state.databases[name] ?? { phase: "rows", plan: "", hadLive: false, done: {} };
    this.update({ databases: { ...this.#state.databases, [name]: { ...before, ...change } } });
  }

  /** What `write` kept; undefined when there is none. */
  read<Content>(name: string): Content | undefined {
    const file = join(this.path, name);
    return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Content) : undefined;
  }

  /** Keep a report beside the state. */
  write(name: string, content: unknown): void {
    writeFileAtomic(join(this.path, name), `${JSON.stringify(content, null, 2)}\n`);
  }
}

/** `20261121-170501`, UTC; in order of time. */
export function newCopyId(now = new Date()): string {
  return now.toISOString().slice(0, 19).replaceAll(/[-:]/g, "").replace("T", "-");
}

/** What tells keys apart without telling anything of them. */
export function keyId(key: string): string {
  return sha256(`understudy key id\n${key}`).slice(0, 12);
}

function copiesFolder(installation: Installation): string {
  return join(installation.root, "staging-data");
}

function read(file: string): CopyState {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as CopyState;
  } catch (error) {
    throw new UserError(`${file} is damaged`, {
      next: "Delete its folder and run pnpm sync:production again: it begins anew",
      cause: error,
    });
  }
}
