import { existsSync, readFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { type Installation, UserError, writeFileAtomic } from "@understudy/core";
import type { Target } from "../target.ts";
import { type Book, hashOf, type OpenRun } from "./book.ts";
import { journalPath, placeFiles } from "./local-files.ts";
import type { BookOnHost } from "./on-host.ts";

type Place = Pick<Target, "installation" | "environment">;

/** Which book this installation's files are those of. */
export interface Mark {
  readonly generation: number;
  readonly hash: string;
}

/** An installation, for people: `host:/folder`. */
export function placeOf({ root }: Installation): string {
  return `${hostname()}:${root}`;
}

/** Make this installation's files those of the book, unless they are. @returns which book they are now */
export function takeOver(target: Place, { book, open }: BookOnHost): Mark {
  const mark = readMark(target);
  // Nobody has written one yet: what is known here becomes the first.
  if (!book) return { generation: mark?.generation ?? 0, hash: "" };
  const hash = hashOf(book);
  if (mark?.hash !== hash || mark.generation !== book.generation) {
    placeFiles(target, book.files);
    setMark(target, book);
  }
  noteCutOff(target, unended({ book, open }));
  return { generation: book.generation, hash };
}

/** What is known here may be older than what was lost. @throws UserError when this installation has seen a book of the environment */
export function refuseLost(target: Place): void {
  if (!readMark(target)) return;
  const { name, stackName } = target.environment;
  throw new UserError(`What the operators noted of ${name} is gone from its host (volume ${stackName}-book)`, {
    next: `On the machine that changed ${name} last, remove ${markFile(target)} and run this again: what is known there becomes the first book. Everywhere else run it afterwards`,
  });
}

/** A run that was cut off elsewhere has no line in this journal yet. */
function noteCutOff({ installation, environment }: Place, cutOff: OpenRun | undefined): void {
  if (!cutOff) return;
  const file = join(installation.stateDir, journalPath(environment.name));
  const { run, verb, step, at, by, where } = cutOff;
  const journal = existsSync(file) ? readFileSync(file, "utf8") : "";
  if (journal.includes(startOf(run))) return;
  writeFileAtomic(file, `${journal}${JSON.stringify({ run, verb, step, at, detail: { by, where } })}\n`);
}

/** The run that the book has as begun, unless its journal has the end of it. */
export function unended({ book, open }: BookOnHost): OpenRun | undefined {
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

export function readMark(target: Place): Mark | undefined {
  const file = markFile(target);
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Mark) : undefined;
}

export function setMark(target: Place, book: Book): Mark {
  const mark = { generation: book.generation, hash: hashOf(book) };
  writeFileAtomic(markFile(target), `${JSON.stringify(mark)}\n`);
  return mark;
}

function markFile({ installation, environment }: Place): string {
  return join(installation.stateDir, "book", `${environment.name}.json`);
}
