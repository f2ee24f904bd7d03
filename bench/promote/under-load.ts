import { cpus } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { type Answers, type Rates, startLoad } from "./load.ts";
import type { Asked } from "./services.ts";
import type { Stage } from "./stage.ts";

/** What requests of one service went through. */
export interface Endured extends Omit<Answers, "acknowledged"> {
  readonly acknowledged: number;
  /** Acknowledged writes that are not there afterwards; and writes that are there more than once. */
  readonly lost: number;
  readonly doubled: number;
}

/** What a change took. */
export interface Took {
  readonly seconds: number;
  /** Bytes: the most that our own process held. */
  readonly memory?: number;
  /** How long the edge let requests of each service wait, ms; 0 where another container served them. */
  readonly held?: Readonly<Record<string, number>>;
  /** After which time every service was answered by the other release, seconds. */
  readonly served?: number;
}

export interface Trial<Did extends Took = Took> {
  readonly did: Did;
  readonly endured: readonly Endured[];
  /** How late the load was at most, ms. */
  readonly lateness: number;
  /** Share of all processors that was in use. */
  readonly busy: number;
}

/** Trials of one kind. */
export interface Series {
  readonly name: string;
  readonly trials: readonly Trial[];
}

export interface Setting {
  readonly stage: Stage;
  readonly asked: readonly Asked[];
  readonly rates: Rates;
  readonly say: (line: string) => void;
}

/** How long the load goes on before and after, ms. */
const margin = 5_000;

/** Do something while every service is asked; then look for every write that was acknowledged. */
export async function underLoad<Did extends Took>(
  { stage, asked, rates }: Setting,
  act: () => Promise<Did>,
): Promise<Trial<Did>> {
  const load = await startLoad(asked, rates);
  await sleep(margin);
  const before = processorTimes();
  const did = await act();
  const after = processorTimes();
  await sleep(margin);
  const { id, answers, lateness } = await load.stop();
  const endured = answers.map(async (one): Promise<Endured> => {
    const { database, table, column } = (asked.find(({ service }) => service === one.service) as Asked).written;
    const found = await stage.query(database, `SELECT ${column} FROM ${table} WHERE ${column} LIKE '${id}-%'`);
    const there = new Set(found);
    const lost = one.acknowledged.filter((written) => !there.has(written)).length;
    return { ...one, acknowledged: one.acknowledged.length, lost, doubled: found.length - there.size };
  });
  const busy = (after.used - before.used) / (after.all - before.all);
  return { did, endured: await Promise.all(endured), lateness, busy };
}

/** ms since the start of the machine, of all processors. */
function processorTimes(): { used: number; all: number } {
  const times = cpus().map(({ times }) => times);
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  const all = sum(times.map((one) => sum(Object.values(one))));
  return { all, used: all - sum(times.map(({ idle }) => idle)) };
}
