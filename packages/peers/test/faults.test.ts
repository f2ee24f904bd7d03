import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runCampaign } from "./support/campaign.ts";
import { type Machines, startMachines } from "./support/two-servers.ts";

let machines: Machines;
beforeAll(async () => {
  machines = await startMachines();
});
afterAll(() => machines[Symbol.asyncDispose]());

describe("full syncs under faults", () => {
  it("end in success by resume or in a clear failure: nothing is stuck, lost or doubled (10 seeds)", async () => {
    const seeds = Array.from({ length: 10 }, (_, seed) => seed + 1);
    const results = await runCampaign(machines, seeds);
    for (const { seed, problem } of results) expect(problem, `seed ${seed}`).toBeUndefined();
    expect(results.filter(({ status }) => status === "completed").length).toBeGreaterThanOrEqual(9);
    expect(results.filter(({ isResumed }) => isResumed).length, "by resume").toBeGreaterThan(0);
  });
});
