import { appendFileSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { operator } from "./audit.ts";
import type { Installation } from "./installation.ts";
import { secrets } from "./redact.ts";

/** One line of a journal: a step that begins, or the end. */
export interface JournalLine {
  readonly run: string;
  readonly verb: string;
  readonly step: string;
  readonly at: string;
  readonly detail?: unknown;
}

/** A run that never wrote its end: where it was when it was killed. */
export interface InterruptedRun {
  readonly verb: string;
  readonly step: string;
  readonly at: string;
}

/**
 * What a verb did to one environment, step by step, on disk before each step begins. A run that was killed has no
 * `end` line, so that the next one can say where it stopped and go on.
 */
export class Journal {
  readonly #file: string;
  readonly #verb: string;
  readonly #hear: (line: JournalLine) => void;
  /** Tells the runs of all installations apart. */
  readonly run = `${Date.now()}-${process.pid}`;

  /** @param hear is told every line once it is written */
  constructor(
    installation: Installation,
    environment: string,
    verb: string,
    hear: (line: JournalLine) => void = () => {},
  ) {
    this.#file = join(installation.stateDir, "journal", `${environment}.jsonl`);
    this.#verb = verb;
    this.#hear = hear;
  }

  /** The last run on this environment if it was cut off. A torn last line counts as not written. */
  interrupted(): InterruptedRun | undefined {
    if (!existsSync(this.#file)) return undefined;
    const last = readFileSync(this.#file, "utf8")
      .trimEnd()
      .split("\n")
      .map(parseLine)
      .findLast((line) => line);
    return last && last.step !== "end" ? { verb: last.verb, step: last.step, at: last.at } : undefined;
  }

  /** Whether the last run, if there was one, ended well. */
  endedWell(): boolean {
    const last = this.#last();
    return last === undefined || (last.step === "end" && (last.detail as { result?: string })?.result === "succeeded");
  }

  step(step: string, detail?: unknown): void {
    mkdirSync(dirname(this.#file), { recursive: true });
    const line: JournalLine = { run: this.run, verb: this.#verb, step, at: new Date().toISOString(), detail };
    appendFileSync(this.#file, `${JSON.stringify(secrets.redactData(line))}\n`, { mode: 0o600, flush: true });
    this.#hear(line);
  }

  #last(): JournalLine | undefined {
    if (!existsSync(this.#file)) return undefined;
    return readFileSync(this.#file, "utf8")
      .trimEnd()
      .split("\n")
      .map(parseLine)
      .findLast((line) => line);
  }

  end(result: "succeeded" | "failed"): void {
    this.step("end", { result, by: operator() });
  }
}

function parseLine(line: string): JournalLine | undefined {
  try {
    return JSON.parse(line) as JournalLine;
  } catch {
    return undefined;
  }
}
