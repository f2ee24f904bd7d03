import { type Engine, type HostSession, type JournalLine, operator } from "@understudy/core";
import type { Target } from "../target.ts";
import { type Book, hashOf, type OpenRun } from "./book.ts";
import { localFiles } from "./local-files.ts";
import { readUnderLock, writeBook, writeOpenRun } from "./on-host.ts";
import { type Mark, placeOf, refuseLost, setMark, takeOver, unended } from "./take-over.ts";

/** The keepers of this process, by installation and environment: facts are written in many places, which do not know of them. */
const keepers = new Map<string, Keeper>();

/**
 * Write down for the other operators what this run has noted so far of an environment: before a step that only they could bring to an
 * end if this machine were lost. Does nothing where nobody shares the environment.
 */
export async function publish(target: Target): Promise<void> {
  await keepers.get(keyOf(target))?.publish();
}

/** Whether this process holds an environment's lock, and keeps its book. */
export function isKept(target: Target): boolean {
  return keepers.has(keyOf(target));
}

/** Keeps an environment's book while its lock is held. What is not in the book has not happened: the next run undoes it or does it again. */
export class Keeper implements AsyncDisposable {
  readonly #target: Target;
  readonly #session: HostSession;
  #mark: Mark;
  #run: OpenRun | undefined;
  #writing: Promise<void> = Promise.resolve();

  private constructor(target: Target, session: HostSession, mark: Mark) {
    this.#target = target;
    this.#session = session;
    this.#mark = mark;
  }

  /** Read the book, and make this installation's files what it says. @returns with the run that the book has as cut off */
  static async open(
    target: Target,
    engine: Engine,
    session: HostSession,
  ): Promise<{ readonly keeper: Keeper; readonly cutOff: OpenRun | undefined }> {
    const found = await readUnderLock(engine, session, target.environment.stackName);
    if (!found.book) refuseLost(target);
    const mark = takeOver(target, found);
    const keeper = new Keeper(target, session, mark);
    keepers.set(keyOf(target), keeper);
    return { keeper, cutOff: unended(found) };
  }

  /** Note that a run begins, before it changes anything. */
  async begin(line: Pick<JournalLine, "run" | "verb">): Promise<void> {
    const { installation } = this.#target;
    const at = new Date().toISOString();
    this.#run = { ...line, step: "begin", at, by: operator(), where: placeOf(installation) };
    await this.publish();
    await writeOpenRun(this.#session, this.#run);
  }

  /** Note how far the run is. Only for people, so nobody waits for it. */
  step({ step, at }: JournalLine): void {
    if (!this.#run) return;
    const run = { ...this.#run, step, at };
    this.#run = run;
    // What fails here fails again where it is waited for.
    this.#writing = this.#writing.then(() => writeOpenRun(this.#session, run)).catch(() => {});
  }

  /** Write the book anew, if anything has changed. */
  async publish(): Promise<void> {
    await this.#writing;
    const files = localFiles(this.#target);
    const book: Book = { generation: this.#mark.generation + 1, files };
    if (hashOf(book) === this.#mark.hash) return;
    // Before the book, so that nobody here takes the one there for newer; unless there is none, which would look like one that was lost.
    const isFirst = this.#mark.generation === 0;
    if (!isFirst) this.#mark = setMark(this.#target, book);
    await writeBook(this.#session, book);
    if (isFirst) this.#mark = setMark(this.#target, book);
  }

  /** The run has ended, well or not. */
  async end(): Promise<void> {
    this.#run = undefined;
    await this.publish();
    await writeOpenRun(this.#session, undefined);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    keepers.delete(keyOf(this.#target));
    await this.#writing;
  }
}

function keyOf({ installation, environment }: Target): string {
  return `${installation.stateDir}/${environment.name}`;
}
