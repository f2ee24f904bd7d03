import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Installation } from "@understudy/core";
import { runsFolder } from "../runs/run-folder.ts";

/** What a page may have to read again. */
export const topics = ["runs", "journal", "facts", "health", "policy"] as const;
export type Topic = (typeof topics)[number];
export type Marks = Readonly<Record<Topic, string>>;

/** How often we look, ms: a handful of `stat` calls, and only while somebody listens. */
const interval = 1_000;

/**
 * Tell when the installation's files change, whoever changed them: this console, a command in a terminal, the monitor.
 * File systems' own news are not the same everywhere, and none come from a folder that is mounted.
 */
export class Watch {
  readonly #installation: Installation;
  readonly #listeners = new Set<(changed: readonly Topic[]) => void>();
  #timer: NodeJS.Timeout | undefined;
  #marks: Marks | undefined;

  constructor(installation: Installation) {
    this.#installation = installation;
  }

  /** @returns what ends it */
  listen(listener: (changed: readonly Topic[]) => void): () => void {
    if (this.#listeners.size === 0) {
      this.#marks = marksOf(this.#installation);
      this.#timer = setInterval(() => this.#look(), interval).unref();
    }
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0) clearInterval(this.#timer);
    };
  }

  #look(): void {
    const marks = marksOf(this.#installation);
    const changed = changedTopics(this.#marks, marks);
    this.#marks = marks;
    if (changed.length) for (const listener of this.#listeners) listener(changed);
  }
}

/** Pure. */
export function changedTopics(before: Marks | undefined, after: Marks): Topic[] {
  return topics.filter((topic) => before?.[topic] !== after[topic]);
}

/** What every topic's files look like from outside: other marks, other content. */
export function marksOf(installation: Installation): Marks {
  const { root, stateDir, logsDir } = installation;
  const runs = runsFolder(installation);
  return {
    runs: namesIn(runs)
      .flatMap((run) => [join(runs, run, "run.json"), join(runs, run, "exit")])
      .map(markOf)
      .join(),
    journal: [...filesIn(join(stateDir, "journal")), join(logsDir, "audit.jsonl")].map(markOf).join(),
    facts: namesIn(join(stateDir, "facts"))
      .flatMap((environment) => filesIn(join(stateDir, "facts", environment)))
      .map(markOf)
      .join(),
    // The monitor writes every few seconds.
    health: filesIn(join(stateDir, "health")).map(markOf).join(),
    policy: [join(root, "sanitize.yml"), join(root, "understudy.yml")].map(markOf).join(),
  };
}

function filesIn(folder: string): string[] {
  return namesIn(folder).map((name) => join(folder, name));
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}

function markOf(file: string): string {
  const found = statSync(file, { throwIfNoEntry: false });
  return found ? `${file}:${found.mtimeMs}:${found.size}` : "";
}
