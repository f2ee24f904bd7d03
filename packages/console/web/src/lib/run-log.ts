import type { RunDetail } from "../../../src/contract/run.ts";
import type { News } from "./follow.ts";

/** Characters of a log that a page keeps: a browser shows more of them slowly. */
const kept = 200_000;

/** A run with what it said next. What is known already, as after a connection that broke, comes by an id that is not higher. */
export function withSaid(known: RunDetail, { data, lastEventId }: News): RunDetail {
  const logEnd = Number(lastEventId);
  if (logEnd <= known.logEnd) return known;
  const { text } = JSON.parse(data) as { text: string };
  return { ...known, log: (known.log + text).slice(-kept), logEnd };
}
