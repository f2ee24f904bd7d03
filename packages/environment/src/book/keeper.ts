import { existsSync, readFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import {
  type Engine,
  type HostSession,
  type Installation,
  type JournalLine,
  operator,
  writeFileAtomic,
} from "@understudy/core";
import type { Target } from "../target.ts";
import { type Book, hashOf, type OpenRun } from "./book.ts";
import { journalPath, localFiles, placeFiles } from "./local-files.ts";
import { type BookOnHost, readUnderLock, writeBook, writeOpenRun } from "./on-host.ts";

/** Which book this installation's files are those of. */
interface Mark {
  readonly generation: number;
  readonly hash: string;
}

/** The keepers of this process, by installation and environment: facts are written in many places, which do not know of them. */
const keepers = new Map<string, Keeper>();

/** An installation, for people: `host:/folder`. */
export function placeOf({ root }: Installation): string {
  return `${hostname()}:${root}`;
}

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
    this.#mark = setMark(this.#target, book);
    await writeBook(this.#session, book);
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

/** Make this installation's files those of the book, unless they are. @returns which book they are now */
export function takeOver(target: Target, { book, open }: BookOnHost): Mark {
  const mark = readMark(target);
  // Nobody has written one yet, or it was removed: what is known here becomes the first.
  if (!book) return { generation: mark?.generation ?? 0, hash: "" };
  const hash = hashOf(book);
  if (mark?.hash !== hash || mark.generation !== book.generation) {
    placeFiles(target, book.files);
    setMark(target, book);
  }
  noteCutOff(target, unended({ book, open }));
  return { generation: book.generation, hash };
}

/** A run that was cut off elsewhere has no line in this journal yet. */
function noteCutOff({ installation, environment }: Target, cutOff: OpenRun | undefined): void {
  if (!cutOff) return;
  const file = join(installation.stateDir, journalPath(environment.name));
  const { run, verb, step, at, by, where } = cutOff;
  const journal = existsSync(file) ? readFileSync(file, "utf8") : "";
  if (journal.includes(startOf(run))) return;
  writeFileAtomic(file, `${journal}${JSON.stringify({ run, verb, step, at, detail: { by, where } })}\n`);
}

/** The run that the book has as begun, unless its journal has the end of it. */
function unended({ book, open }: BookOnHost): OpenRun | undefined {
  if (!open) return undefined;
  const journals = Object.entries(book?.files ?? {}).filter(([path]) => path.startsWith("journal/"));
  const lines = journals.flatMap(([, text]) => text.split("\n"));
  const hasEnded = lines.some((line) => line.startsWith(startOf(open.run)) && line.includes('"step":"end"'));
  return hasEnded ? undefined : open;
}

/** How each line of a run in a journal begins. */
function startOf(run: string): string {
  return `{"run":${JSON.stringify(run)}`;
}

export function readMark(target: Target): Mark | undefined {
  const file = markFile(target);
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Mark) : undefined;
}

/** Before the book is written, so that nobody takes an older one for newer. */
function setMark(target: Target, book: Book): Mark {
  const mark = { generation: book.generation, hash: hashOf(book) };
  writeFileAtomic(markFile(target), `${JSON.stringify(mark)}\n`);
  return mark;
}

function markFile({ installation, environment }: Target): string {
  return join(installation.stateDir, "book", `${environment.name}.json`);
}

function keyOf({ installation, environment }: Target): string {
  return `${installation.stateDir}/${environment.name}`;
}
