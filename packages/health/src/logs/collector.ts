import { once } from "node:events";
import { createWriteStream, mkdirSync, type WriteStream } from "node:fs";
import { join } from "node:path";
import { type ContainerInspectInfo, containerLines, dayOf, type Engine, messageOf } from "@understudy/core";
import { errorPattern } from "./error-pattern.ts";

export interface CollectorOptions {
  /** Where the files go: `<service>-YYYYMMDD.log`. */
  readonly folder: string;
  /** Bytes that one service may fill in a day; the rest of it is left out. */
  readonly dailyLimit: number;
  now(): number;
  /** Something that the operator should know of, e.g. that a file cannot be written. */
  report(service: string, problem: string): void;
}

/** Errors of one kind that a service printed. */
export interface CountedError {
  readonly service: string;
  readonly pattern: string;
  /** The newest such line. */
  readonly sample: string;
  readonly count: number;
}

interface Follower {
  readonly container: string;
  readonly abort: AbortController;
}

/** Follows what containers print: a file a day and service under `logs/`, and the kinds of errors counted. */
export class LogCollector {
  readonly #options: CollectorOptions;
  readonly #followers = new Map<string, Follower>();
  /** Until when each service's output is in the files, ms since the epoch. */
  readonly #until: Map<string, number>;
  #errors = new Map<string, CountedError>();
  #stopped = false;

  /** @param until of an earlier run, so that what was printed meanwhile is not missed. */
  constructor(options: CollectorOptions, until: Readonly<Record<string, number>> = {}) {
    this.#options = options;
    this.#until = new Map(Object.entries(until));
    mkdirSync(options.folder, { recursive: true });
  }

  /** Follow these containers, by service, and no longer those that are not among them. */
  follow(engine: Engine, containers: ReadonlyMap<string, ContainerInspectInfo>): void {
    for (const [service, { container, abort }] of this.#followers) {
      if (containers.get(service)?.Id !== container) this.#drop(service, abort);
    }
    for (const [service, info] of containers) {
      if (this.#stopped || this.#followers.has(service) || !info.State.Running) continue;
      const abort = new AbortController();
      this.#followers.set(service, { container: info.Id, abort });
      void this.#collect(engine, service, info, abort.signal)
        .catch((error) => this.#options.report(service, messageOf(error)))
        .finally(() => {
          if (this.#followers.get(service)?.abort === abort) this.#followers.delete(service);
        });
    }
  }

  /** The errors since the last call. */
  takeErrors(): CountedError[] {
    const taken = [...this.#errors.values()];
    this.#errors = new Map();
    return taken;
  }

  /** For the next run's constructor. */
  get until(): Record<string, number> {
    return Object.fromEntries(this.#until);
  }

  /** For good. */
  stop(): void {
    this.#stopped = true;
    for (const [service, { abort }] of this.#followers) this.#drop(service, abort);
  }

  #drop(service: string, abort: AbortController): void {
    this.#followers.delete(service);
    abort.abort();
  }

  async #collect(engine: Engine, service: string, info: ContainerInspectInfo, signal: AbortSignal): Promise<void> {
    const since = this.#until.get(service) ?? this.#options.now();
    const file = new DailyFile(this.#options, service);
    try {
      for await (const line of containerLines(engine, info, {
        follow: true,
        tail: -1,
        since,
        timestamps: true,
        signal,
      })) {
        const space = line.indexOf(" ");
        const printed = Date.parse(line.slice(0, space));
        if (printed <= since) continue;
        this.#until.set(service, Number.isNaN(printed) ? this.#options.now() : printed);
        this.#count(service, line.slice(space + 1));
        await file.write(line);
      }
    } finally {
      file.end();
    }
  }

  #count(service: string, line: string): void {
    const pattern = errorPattern(line);
    if (!pattern) return;
    const key = `${service} ${pattern}`;
    const count = (this.#errors.get(key)?.count ?? 0) + 1;
    this.#errors.set(key, { service, pattern, sample: line.slice(0, 500), count });
  }
}

/** One service's file of the day. A disk that is full loses lines of logs, and is told of once a day. */
class DailyFile {
  readonly #options: CollectorOptions;
  readonly #service: string;
  #day = "";
  #stream: WriteStream | undefined;
  #left = 0;

  constructor(options: CollectorOptions, service: string) {
    this.#options = options;
    this.#service = service;
  }

  async write(line: string): Promise<void> {
    const day = dayOf(new Date(this.#options.now()));
    if (day !== this.#day) this.#open(day);
    const bytes = Buffer.byteLength(line) + 1;
    if (!this.#stream || this.#left <= 0) return;
    this.#left -= bytes;
    const text = this.#left > 0 ? `${line}\n` : "… the rest of this day is left out: too much was printed\n";
    if (!this.#stream.write(text)) await once(this.#stream, "drain").catch(() => {});
  }

  end(): void {
    this.#stream?.end();
  }

  #open(day: string): void {
    this.end();
    this.#day = day;
    this.#left = this.#options.dailyLimit;
    const path = join(this.#options.folder, `${this.#service}-${day}.log`);
    const stream = createWriteStream(path, { flags: "a", mode: 0o600 });
    stream.on("error", (error) => {
      if (this.#stream === stream) this.#stream = undefined;
      this.#options.report(this.#service, `its output is not kept today: ${messageOf(error)}`);
    });
    this.#stream = stream;
  }
}
