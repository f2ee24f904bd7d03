import { afterAll, beforeAll, expect, it } from "vitest";
import { peakMegabytes } from "../../../bench/records/usage.ts";
import { type Machines, startMachines } from "./support/two-servers.ts";

let machines: Machines;
beforeAll(async () => {
  machines = await startMachines();
});
afterAll(() => machines[Symbol.asyncDispose]());

// The requirements' own bounds, which are far from what is measured: bench/full-sync.ts has the figures.
it.each([
  { rows: 1_000, name: "1,000 rows", seconds: 60 },
  { rows: 10_000, name: "10,000 rows", seconds: 300 },
  { rows: 100_000, name: "100,000 rows", seconds: 1_800 },
])("$name go over in time, at more than 10 MB/s, in memory that does not grow", async ({ rows, seconds }) => {
  await using pair = await machines.pair();
  const { a, b } = pair;
  for (const one of [a, b]) await one.run("CREATE TABLE people (id integer PRIMARY KEY, words text)");
  await b.run(`INSERT INTO people SELECT i, repeat(md5(i::text), 10) FROM generate_series(1, ${rows}) i`);
  const peak = peakMegabytes(b.agent?.pid ?? 0);
  const peaks: number[] = [];
  for (let run = 0; run < 3; run++) {
    await a.run("TRUNCATE people");
    const done = await a.json("sync-full", "pull", "--peer", "Server B", "--yes", "--no-compress");
    expect(done).toMatchObject({ status: "completed", verified: true, rows: { inserted: rows } });
    expect(done.seconds).toBeLessThan(seconds);
    peaks.push(peak());
  }
  const speed = a.sessions()[0]?.transferSpeed ?? 0;
  if (rows === 100_000) expect(speed).toBeGreaterThan(10_000_000);
  expect(peak()).toBeLessThan(500);
  expect((peaks[2] ?? 0) - (peaks[1] ?? 0)).toBeLessThan(50);
});
