import { existsSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { type Installation, isAlive, writeFileAtomic } from "@understudy/core";
import type { Run, RunState } from "../contract/run.ts";
import { startTime } from "./start-time.ts";

/** What is written down of a run before it begins. */
export type Beginning = Pick<Run, "id" | "action" | "title" | "command" | "environment" | "who" | "startedAt">;

/** The process that runs it. `born` is undefined where the system does not tell. */
interface Owner {
  readonly pid: number;
  readonly born: string | undefined;
}

/**
 * One run on disk: what was begun, the process, what it prints, and its exit code, which the process's own shell writes.
 * Nothing of it is in the console's memory, so that a console that was started anew finds every run as it is.
 */
export class RunFolder {
  readonly path: string;
  readonly stdout: string;
  readonly stderr: string;
  readonly exit: string;
  /** There since somebody told it to stop. */
  readonly stop: string;

  constructor(path: string) {
    this.path = path;
    this.stdout = join(path, "stdout");
    this.stderr = join(path, "stderr");
    this.exit = join(path, "exit");
    this.stop = join(path, "stop");
  }

  begin(beginning: Beginning): void {
    writeFileAtomic(join(this.path, "run.json"), JSON.stringify(beginning));
  }

  own(pid: number): void {
    writeFileAtomic(join(this.path, "owner.json"), JSON.stringify({ pid, born: startTime(pid) } satisfies Owner));
  }

  /** The run as it stands now; undefined where none was begun. */
  read(): Run | undefined {
    const beginning = readJson<Beginning>(join(this.path, "run.json"));
    if (!beginning) return undefined;
    const exitCode = this.#exitCode();
    const state = stateOf(exitCode, this.pid() !== undefined);
    return { ...beginning, endedAt: state === "running" ? null : this.#ended(beginning), state, exitCode };
  }

  /** Of the process that runs it, while it does. */
  pid(): number | undefined {
    const owner = readJson<Owner>(join(this.path, "owner.json"));
    return owner && isAlive(owner.pid) && startTime(owner.pid) === owner.born ? owner.pid : undefined;
  }

  #exitCode(): number | null {
    if (!existsSync(this.exit)) return null;
    const code = Number.parseInt(readFileSync(this.exit, "utf8"), 10);
    return Number.isNaN(code) ? null : code;
  }

  /** The exit code's moment; of one that was cut off, its last sign of life. */
  #ended({ startedAt }: Beginning): string {
    const last = [this.exit, this.stderr, this.stdout].find((file) => existsSync(file));
    return last ? statSync(last).mtime.toISOString() : startedAt;
  }
}

/** Pure. A shell says 128 and the signal's number of what a signal ended. */
export function stateOf(exitCode: number | null, lives: boolean): RunState {
  if (exitCode !== null) return exitCode === 0 ? "succeeded" : exitCode > 128 ? "cut off" : "failed";
  return lives ? "running" : "cut off";
}

/** The newest first. */
export function runFolders(installation: Installation): RunFolder[] {
  const folder = runsFolder(installation);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => isRunId(name))
    .sort()
    .reverse()
    .map((name) => new RunFolder(join(folder, name)));
}

/** A run by its id; undefined where there is none. Ids are names of folders: nothing else gets near the file system. */
export function runFolder(installation: Installation, id: string): RunFolder | undefined {
  const path = join(runsFolder(installation), id);
  return isRunId(id) && existsSync(path) ? new RunFolder(path) : undefined;
}

/** Forget all but the newest. Those that run stay. */
export function forgetOldRuns(installation: Installation, keep: number): void {
  for (const old of runFolders(installation).slice(keep)) {
    if (old.pid() === undefined) rmSync(old.path, { recursive: true, force: true });
  }
}

export function runsFolder({ stateDir }: Installation): string {
  return join(stateDir, "console", "runs");
}

function isRunId(name: string): boolean {
  return /^\d{13}-[0-9a-f]{8}$/.test(name);
}

function readJson<T>(file: string): T | undefined {
  if (!existsSync(file)) return undefined;
  return JSON.parse(readFileSync(file, "utf8")) as T;
}
