import type { DatabaseSync } from "node:sqlite";
import { type Notice, Outbox, type PastNotice, type Pending, type Refusal } from "@understudy/core/light";
import type { Beat } from "../checks/check.ts";
import { type Batch, readState, writeBatch } from "./batch.ts";
import { lastBeats, type NamedBeat, putBeat } from "./beats.ts";
import { type Change, changesIn } from "./changes.ts";
import { checkHistory, type HistoryPage, type HistoryQuery } from "./check-history.ts";
import { joinDatabase, type Opened, openDatabase } from "./database.ts";
import { errorsIn, type PastError } from "./errors.ts";
import { eventsIn, type PastEvent } from "./events.ts";
import { addGap, type Gap, gapsIn } from "./gaps.ts";
import { incidentsIn, type PastIncident } from "./incidents.ts";
import { type LastResult, lastResults } from "./last-looks.ts";
import { LookWriter } from "./looks.ts";
import type { Page, PageQuery, Range } from "./page.ts";
import type { Reading, SeriesQuery } from "./reading.ts";
import { type Reason, reasonsOf } from "./reasons.ts";
import { endSilence, putSilence, type Silence, silencesAt } from "./silences.ts";
import { Sql } from "./sql.ts";
import { historyTiers, type Tiers } from "./tiers.ts";
import { asUnavailable } from "./unavailable.ts";
import { upkeepStep } from "./upkeep.ts";
import { type UptimeQuery, type UptimeReport, uptimeReport } from "./uptime.ts";
import { type UsageHistory, usageHistory } from "./usage-history.ts";

export interface StoreOptions {
  /** The file may grow to so many bytes; then the oldest goes first. */
  readonly maxBytes: number;
  /** Hours are kept so long. */
  readonly historyDays: number;
  /** ms since the epoch. */
  readonly now?: () => number;
}

const day = 24 * 60 * 60 * 1_000;

/**
 * The monitor's memory of one environment, in one SQLite file. Blocks while it works: the monitor uses it through
 * `openHistory`, verbs directly. Everything throws HistoryUnavailable while the file cannot be used; nothing is then half done.
 * Times are ms since the epoch.
 */
export class Store {
  readonly opened: Opened;
  readonly #file: string;
  readonly #db: DatabaseSync;
  readonly #sql: Sql;
  readonly #outbox: Outbox;
  readonly #looks: LookWriter;
  readonly #tiers: Tiers;
  readonly #options: StoreOptions;
  readonly #now: () => number;

  private constructor(file: string, db: DatabaseSync, opened: Opened, options: StoreOptions) {
    this.opened = opened;
    this.#file = file;
    this.#db = db;
    this.#sql = new Sql(db);
    this.#outbox = new Outbox(db);
    this.#looks = new LookWriter(this.#sql);
    this.#tiers = historyTiers(options.historyDays);
    this.#options = options;
    this.#now = options.now ?? Date.now;
  }

  /**
   * For the monitor. Makes the file where there is none; one that is damaged is set aside.
   * @param damaged it proved so in use
   * @throws UserError if a newer version wrote it
   */
  static open(file: string, options: StoreOptions, damaged = false): Store {
    const { db, opened } = openDatabase(file, (options.now ?? Date.now)(), damaged);
    return new Store(file, db, opened, options);
  }

  /** For a verb, beside the monitor or without one. @throws UserError if there is no history yet */
  static join(file: string, options: StoreOptions): Store {
    return new Store(file, joinDatabase(file), "existing", options);
  }

  /** Keep what the monitor saw and decided. */
  commit(batch: Batch): void {
    this.#write(() => writeBatch({ sql: this.#sql, looks: this.#looks, outbox: this.#outbox }, batch));
  }

  /** A time in which nothing was looked at. To be told of before the first results after it are committed. */
  markGap(gap: Gap): void {
    this.#write(() => addGap(this.#sql, gap));
    this.#looks.forget();
  }

  /** A sign of life of a scheduled job. */
  beat(name: string, kind: Beat["kind"], at: number): void {
    this.#write(() => putBeat(this.#sql, name, kind, at));
  }

  silence(silence: Silence): void {
    this.#write(() => putSilence(this.#sql, silence));
  }

  /** Returns whether it was silenced. */
  unsilence(ended: Pick<Silence, "check" | "who" | "at">): boolean {
    return this.#write(() => endSilence(this.#sql, ended));
  }

  /** Removes the file's surplus in short steps. Call it every minute until it returns false: there is nothing more to do. */
  compact(now: number): boolean {
    const { maxBytes, historyDays } = this.#options;
    const work = { sql: this.#sql, outbox: this.#outbox, tiers: this.#tiers, keep: historyDays * day, maxBytes, now };
    const worked = this.#write(() => upkeepStep(work));
    if (worked) this.#looks.forget();
    return worked;
  }

  history(query: HistoryQuery): HistoryPage {
    return this.#read((reading) => checkHistory(reading, query));
  }

  uptime(query: UptimeQuery): UptimeReport {
    return this.#read((reading) => uptimeReport(reading, query));
  }

  usage(query: SeriesQuery): Page<UsageHistory> {
    return this.#read((reading) => usageHistory(reading, query));
  }

  incidents(query: PageQuery): Page<PastIncident> {
    return this.#read(({ sql }) => incidentsIn(sql, query));
  }

  /** Why each check of an incident failed. */
  reasons(incident: PastIncident): Reason[] {
    return this.#read(({ sql }) => reasonsOf(sql, incident));
  }

  events(query: PageQuery): Page<PastEvent> {
    return this.#read(({ sql }) => eventsIn(sql, query));
  }

  errors(query: PageQuery): Page<PastError> {
    return this.#read(({ sql }) => errorsIn(sql, query));
  }

  /** When checks changed, and what was seen then. */
  changes(query: PageQuery & { readonly check?: string | undefined }): Page<Change> {
    return this.#read(({ sql }) => changesIn(sql, query));
  }

  gaps(range: Range): Gap[] {
    return this.#read(({ sql }) => gapsIn(sql, range));
  }

  /** The last result of every check that the history knows, by name. */
  latest(): LastResult[] {
    return this.#read(({ sql }) => lastResults(sql));
  }

  /** What was committed last; undefined if nothing was. */
  loadState(): unknown {
    return this.#read(({ sql }) => readState(sql));
  }

  lastBeats(): NamedBeat[] {
    return this.#read(({ sql }) => lastBeats(sql));
  }

  silences(now: number): Silence[] {
    return this.#read(({ sql }) => silencesAt(sql, now));
  }

  due(now: number, limit: number): Notice[] {
    return this.#read(() => this.#outbox.due(now, limit));
  }

  delivered(id: number, now: number): void {
    this.#write(() => this.#outbox.delivered(id, now));
  }

  /** Returns when the next attempt is; undefined if there is none. */
  failed(id: number, error: string, now: number, refusal?: Refusal): number | undefined {
    return this.#write(() => this.#outbox.failed(id, error, now, refusal));
  }

  undeliverable(id: number, why: string, now: number): void {
    this.#write(() => this.#outbox.undeliverable(id, why, now));
  }

  pending(): Pending[] {
    return this.#read(() => this.#outbox.pending());
  }

  /** What people were told last, the newest first. */
  notices(limit: number): PastNotice[] {
    return this.#read(() => this.#outbox.last(limit));
  }

  close(): void {
    this.#db.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** A change that is kept whole or not at all. */
  #write<T>(work: () => T): T {
    return this.#transaction("begin immediate", work);
  }

  /** Questions that are answered from one moment of the file, whatever others write meanwhile. */
  #read<T>(work: (reading: Reading) => T): T {
    return this.#transaction("begin", () => work({ sql: this.#sql, tiers: this.#tiers, now: this.#now() }));
  }

  #transaction<T>(begin: string, work: () => T): T {
    try {
      this.#db.exec(begin);
      const result = work();
      this.#db.exec("commit");
      return result;
    } catch (error) {
      this.#looks.forget();
      if (this.#db.isTransaction) this.#db.exec("rollback");
      throw asUnavailable(error, this.#file);
    }
  }
}
