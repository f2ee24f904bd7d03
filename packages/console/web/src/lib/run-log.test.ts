import { expect, it } from "vitest";
import type { RunDetail } from "../../../src/contract/run.ts";
import { withSaid } from "./run-log.ts";

const run = { log: "one\n", logEnd: 4 } as RunDetail;
const said = (text: string, end: number) => ({ data: JSON.stringify({ text }), lastEventId: String(end) });

it("has everything once, also what is told twice", () => {
  const news = [said("two\n", 8), said("two\n", 8), said("one\n", 4), said("three\n", 14)];
  expect(news.reduce(withSaid, run)).toEqual({ log: "one\ntwo\nthree\n", logEnd: 14 });
});

it("keeps the end of a log that is long", () => {
  const { log, logEnd } = withSaid(run, said("x".repeat(300_000), 300_004));
  expect([log.length, logEnd]).toEqual([200_000, 300_004]);
});
