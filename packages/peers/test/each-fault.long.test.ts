import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startByAgent } from "./support/ask-agent.ts";
import * as fault from "./support/each-fault.ts";
import { cannotMount } from "./support/small-disk.ts";
import { type Machines, startMachines } from "./support/two-servers.ts";

const { ended, pairFor, reach, rowCount } = fault;

// What each-fault.test.ts has not.
let machines: Machines;
beforeAll(async () => {
  machines = await startMachines();
});
afterAll(() => machines?.[Symbol.asyncDispose]());

describe("kill -9 of an agent", () => {
  it.each([
    ["a", "pull", "backup"],
    ["a", "pull", "convert"],
    ["a", "pull", "restore"],
    ["a", "pull", "verify"],
    ["b", "pull", "transfer"],
    ["a", "push", "backup"],
    ["a", "push", "transfer"],
    ["b", "push", "convert"],
    ["a", "push", "restore"],
    ["b", "push", "transfer"],
  ] as const)("%s, in a %s that is at its %s: it goes on when the agent comes again", (who, direction, phase) =>
    fault.killAt(machines, who, direction, phase),
  );
});

describe("a full disk", () => {
  if (cannotMount) console.warn(`SKIPPED, the full disk: ${cannotMount}`);

  it.skipIf(cannotMount).each([
    ["a", "push", "The disk for chunks is full"],
    ["b", "push", "Server B: The disk for chunks is full"],
  ] as const)(
    "of %s fails a %s in plain words, leaves the target as it was, and the next one passes",
    (who, direction, message) => fault.fillDisk(machines, who, direction, message),
  );
});

it("a clock that is an hour ahead here is told of, and changes nothing", () => fault.skewClock(machines, "a"));

it("a schema that is changed at the source does not matter once its rows are of one moment", async () => {
  await using pair = await pairFor(machines, "pull");
  await startByAgent(pair.a, "Server B", "pull");
  await reach(pair.a, "transfer");
  await pair.b.run("ALTER TABLE big ADD COLUMN new integer", "UPDATE big SET words = 'later' WHERE id = 1");
  expect(await ended(pair.a)).toMatchObject({ status: "completed", verified: true });
  expect(await pair.a.query("SELECT words = repeat(md5('1'), 20) AS earlier FROM big WHERE id = 1")).toEqual([
    { earlier: true },
  ]);
});

it.each([1, 2, 3, 4, 5])("a line that changes bits never gets a wrong row in without HTTPS (seed %i)", async (seed) => {
  await fault.changeBits(machines, seed, "backup");
  await fault.changeBits(machines, seed, "http");
});

it("a cancel that comes while this server commits comes too late: it is completed, and nobody is told otherwise", () =>
  fault.cancelAtCommit(machines, "pull"));

it("a restore that takes long is not taken for dead by the peer that waits, and shows on its side too", async () => {
  await using pair = await pairFor(machines, "pull", { a: [], b: ["patienceMinutes: 0.05"] });
  await pair.a.run(...fault.slow(9));
  await startByAgent(pair.a, "Server B", "pull");
  await reach(pair.b, "restore");
  expect(pair.b.sessions()[0]?.currentStep).toContain("Restoring");
  expect(await ended(pair.a)).toMatchObject({ status: "completed", verified: true });
  expect(await ended(pair.b)).toMatchObject({ status: "completed", verified: true, rows: { inserted: rowCount } });
});
