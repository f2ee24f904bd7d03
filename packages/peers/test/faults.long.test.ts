import { expect, it } from "vitest";
import { runCampaign } from "./support/campaign.ts";
import { startMachines } from "./support/two-servers.ts";

it("200 full syncs under random faults: at least 99 % end in success by resume, none is stuck or silent", async () => {
  await using machines = await startMachines();
  const seeds = Array.from({ length: 200 }, (_, seed) => seed + 1_000);
  const results = await runCampaign(machines, seeds);
  for (const { seed, problem } of results) expect(problem, `seed ${seed}`).toBeUndefined();
  expect(results.filter(({ status }) => status === "completed").length).toBeGreaterThanOrEqual(198);
  expect(results.filter(({ isResumed }) => isResumed).length, "by resume").toBeGreaterThan(40);
});
