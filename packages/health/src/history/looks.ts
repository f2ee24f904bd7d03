import { cut } from "../alerts/words.ts";
import type { CheckStatus } from "../checks/check.ts";
import { watchedSince } from "./gaps.ts";
import { lastLooks } from "./last-looks.ts";
import type { Sql } from "./sql.ts";

/** What a series measures. All but `check` are of a service: millicores, bytes, bytes. */
export type Kind = "check" | "cpu" | "memory" | "memory limit";

export interface Look {
  readonly kind: Kind;
  /** Of the check, or of the service. */
  readonly name: string;
  readonly service: string;
  readonly status: CheckStatus;
  /** ms for a check. Rounded to whole numbers, not below 0. */
  readonly value: number;
  readonly seen?: string | undefined;
  /** ms until the next look is due. */
  readonly interval?: number | undefined;
}

/** As they are numbered in the file. */
export const statuses = ["healthy", "degraded", "unhealthy"] as const satisfies readonly CheckStatus[];

/** A look speaks for the time since the one before, but for no more than so many of its intervals: nobody looked then. */
const longestAbsence = 3;
const longestText = 1_000;

interface Series {
  readonly id: number;
  readonly service: string;
  /** Of the last look, seconds. */
  at: number | undefined;
  status: CheckStatus | undefined;
  /** What was seen last, without its figures. */
  shape: string | undefined;
}

/** Takes looks in. Keeps the last one of each series in mind: the next one speaks for the time since. */
export class LookWriter {
  readonly #sql: Sql;
  #series: Map<string, Series> | undefined;
  #watchedSince: number | undefined;

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  /** After a transaction was rolled back, and when series or gaps have changed. */
  forget(): void {
    this.#series = undefined;
    this.#watchedSince = undefined;
  }

  /** @param at ms since the epoch */
  add(look: Look, at: number): void {
    const series = this.#find(look);
    const seconds = Math.floor(at / 1_000);
    const known = this.#knownTime(series, seconds, look.interval);
    const value = Math.max(0, Math.round(look.value));
    this.#sql.run`insert into look (series, at, status, value, known)
      values (${series.id}, ${seconds}, ${statuses.indexOf(look.status)}, ${value}, ${known})`;
    if (look.kind === "check") this.#addChange(series, look, at);
    series.at = seconds;
    series.status = look.status;
  }

  #find({ kind, name, service }: Look): Series {
    this.#series ??= new Map(lastLooks(this.#sql).map((last) => [keyOf(last), { ...last, shape: shapeOf(last.seen) }]));
    const key = keyOf({ kind, name });
    const there = this.#series.get(key);
    if (there?.service === service) return there;
    const { id } = this.#sql.get`insert into series (kind, name, service) values (${kind}, ${name}, ${service})
      on conflict do update set service = excluded.service returning id` as { id: number };
    const series = { at: undefined, status: undefined, shape: undefined, ...there, id, service };
    this.#series.set(key, series);
    return series;
  }

  /** Seconds since the look before, without the time in which nothing ran. */
  #knownTime(series: Series, seconds: number, interval = Number.POSITIVE_INFINITY): number {
    if (series.at === undefined) return 0;
    this.#watchedSince ??= watchedSince(this.#sql);
    const since = this.#watchedSince > seconds ? series.at : Math.max(series.at, this.#watchedSince);
    return Math.max(0, Math.min(seconds - since, Math.ceil((longestAbsence * interval) / 1_000)));
  }

  /** What was seen is kept when it tells something new; figures that differ each time do not. */
  #addChange(series: Series, { status, seen = "" }: Look, at: number): void {
    const shape = shapeOf(seen);
    if (series.status === status && series.shape === shape) return;
    this.#sql.run`insert into change (series, at, status, seen)
      values (${series.id}, ${at}, ${statuses.indexOf(status)}, ${cut(seen, longestText)})`;
    series.shape = shape;
  }
}

function keyOf({ kind, name }: { readonly kind: Kind; readonly name: string }): string {
  return `${kind} ${name}`;
}

function shapeOf(seen: string): string {
  return cut(seen, longestText).replaceAll(/\d+([.,]\d+)*/g, "#");
}
