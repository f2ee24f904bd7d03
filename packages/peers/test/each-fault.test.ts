import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startByAgent } from "./support/ask-agent.ts";
import { openBadLine, seeded } from "./support/bad-line.ts";
import { pointAt } from "./support/campaign.ts";
import * as fault from "./support/each-fault.ts";
import { cannotMount, smallDisk } from "./support/small-disk.ts";
import { type Machines, startMachines } from "./support/two-servers.ts";

const { ended, expectEmpty, expectNoneRuns, expectSame, pairFor, reach, rowCount } = fault;

// One of each. The others: each-fault.long.test.ts.
let machines: Machines;
beforeAll(async () => {
  machines = await startMachines();
});
afterAll(() => machines?.[Symbol.asyncDispose]());

describe("kill -9 of an agent", () => {
  it.each([
    ["b", "pull", "backup"],
    ["a", "pull", "transfer"],
    ["b", "push", "restore"],
  ] as const)("%s, in a %s that is at its %s: it goes on when the agent comes again", (who, direction, phase) =>
    fault.killAt(machines, who, direction, phase),
  );

  it.each(["a", "b"] as const)("%s, among pages of a pull by HTTP: it goes on after the last page", (who) =>
    fault.killAmongPages(machines, who),
  );

  it("that does not come again ends the session on the other side, in words", async () => {
    await using pair = await pairFor(machines, "pull", { b: ["patienceMinutes: 0.05"] });
    await startByAgent(pair.a, "Server B", "pull");
    await reach(pair.a, "transfer");
    await pair.a.kill();
    expect(await ended(pair.b)).toMatchObject({
      status: "failed",
      error: { message: "Server A was not heard of for 0.05 minutes" },
    });
  });
});

describe("a full disk", () => {
  if (cannotMount) console.warn(`SKIPPED, the full disk: ${cannotMount}`);

  it.skipIf(cannotMount).each([
    ["a", "pull", "The disk for chunks is full"],
    ["b", "pull", "Server B: The disk for chunks is full"],
  ] as const)(
    "of %s fails a %s in plain words, leaves the target as it was, and the next one passes",
    (who, direction, message) => fault.fillDisk(machines, who, direction, message),
  );

  it.skipIf(cannotMount)("that not even the book can be written to fails it all the same, and ends no agent", () =>
    fault.fillBook(machines),
  );

  it.skipIf(cannotMount)("that is seen to be too small is told before anything is done", async () => {
    await using pair = await pairFor(machines, "pull");
    using _ = smallDisk(pair.b.chunks, 2);
    const refused = await pair.a.json("sync-full", "pull", "--peer", "Server B", "--yes");
    expect(refused.error.message).toMatch(/^Server B has \d MB free, and chunks may need \d+ MB$/);
    expect(refused.error.next).toContain("--method http");
    expect(pair.a.sessions()[0]?.phase).toBeNull();
  });
});

it("a clock that is an hour ahead at the peer is told of, and changes nothing", () => fault.skewClock(machines, "b"));

it("a schema that is changed at the target while rows go over ends the full sync, unwritten, and the next one makes a new plan", async () => {
  await using pair = await pairFor(machines, "pull");
  await startByAgent(pair.a, "Server B", "pull");
  await reach(pair.a, "transfer");
  await pair.a.run("ALTER TABLE big ADD COLUMN new integer DEFAULT 7");
  const { status, error } = await ended(pair.a);
  expect(status).toBe("failed");
  expect(error?.message).toMatch(/^The schema of database "peers_\d+" was changed while the full sync ran$/);
  await expectEmpty(pair.a);
  await expectNoneRuns(pair);
  const again = await pair.a.json("sync-full", "pull", "--peer", "Server B", "--yes");
  expect(again).toMatchObject({ status: "completed", verified: true, rows: { inserted: rowCount } });
});

describe("a line that changes bits", () => {
  it("is got over where the agents speak HTTPS", async () => {
    await using pair = await pairFor(machines, "pull", { a: [], certified: true });
    await using line = await openBadLine(pair.b.port, seeded(7));
    line.troubles = { corrupt: 0.01 };
    pointAt(pair.a, line.port);
    const done = await pair.a.json("sync-full", "pull", "--peer", "Server B", "--yes", "--no-compress");
    expect(done).toMatchObject({ status: "completed", verified: true, rows: { inserted: rowCount } });
    expect(line.done).toBeGreaterThan(0);
    await expectSame(pair);
  });

  it("never gets a wrong row in where they do not", () => fault.changeBits(machines, 1, "backup"));
});

it("a cancel that comes while the target commits comes too late: it is completed, and nobody is told otherwise", () =>
  fault.cancelAtCommit(machines, "push"));

it.each(["pull", "push"] as const)(
  "a cancel of a %s that writes table by table says which are written",
  async (direction) => {
    await using pair = await pairFor(machines, direction, { a: [] });
    const [source, target] = direction === "pull" ? [pair.b, pair.a] : [pair.a, pair.b];
    for (const one of [source, target]) await one.run("CREATE TABLE alpha (id integer PRIMARY KEY)");
    await source.run("INSERT INTO alpha VALUES (1)");
    await target.run(...fault.slow(30));
    await startByAgent(pair.a, "Server B", direction, { steps: "table-by-table" });
    await expect.poll(() => target.query("SELECT FROM alpha")).toHaveLength(1);
    expect(await pair.a.json("sync-cancel")).toMatchObject({ status: "cancelled" });
    for (const one of [pair.a, target]) {
      expect((await ended(one)).error?.message).toMatch(
        /^Cancelled by .*Written before that, and stays: public\.alpha$/,
      );
    }
    await expectEmpty(target);
  },
);

it("a restore that takes long is cancelled from the peer that waits, unwritten", async () => {
  await using pair = await pairFor(machines, "pull", { a: [] });
  await pair.a.run(...fault.slow(30));
  await startByAgent(pair.a, "Server B", "pull");
  await reach(pair.a, "restore");
  expect(await pair.b.json("sync-cancel")).toMatchObject({ status: "cancelled" });
  const { status, error } = await ended(pair.a);
  expect(status).toBe("cancelled");
  expect(error?.message).toMatch(/Cancelled by /);
  await expectEmpty(pair.a);
});
