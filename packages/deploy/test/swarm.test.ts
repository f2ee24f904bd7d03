import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { cannotPlayRemoteHost } from "./support/remote-host.ts";
import { SwarmStage } from "./support/swarm-stage.ts";

interface Report {
  readonly changes: Record<string, number>;
  readonly services: { readonly name: string; readonly healthy: boolean; readonly url?: string }[];
  readonly release: string;
}

const noChanges = { create: 0, update: 0, delete: 0, replace: 0 };
// In CI it must run or fail: nobody reads there what was skipped.
const reason = process.env.CI ? undefined : cannotPlayRemoteHost();
if (reason) console.warn(`SKIPPED, swarm.test.ts: ${reason}`);

describe.skipIf(reason)(`a stack on a swarm${reason ? ` (skipped: ${reason})` : ""}`, () => {
  let stage: SwarmStage;
  let deployed: Report;

  beforeAll(async () => {
    stage = await SwarmStage.open();
  });
  afterAll(() => stage?.[Symbol.asyncDispose]());

  it("is deployed as on one host, and a second time changes nothing", async () => {
    deployed = await stage.installation.json<Report>("deploy:staging");
    expect(deployed.services.map(({ name, healthy }) => [name, healthy])).toEqual([
      ["db", true],
      ["app", true],
      ["web", true],
    ]);
    expect(deployed.changes).toMatchObject({ update: 0, delete: 0, replace: 0 });
    const again = await stage.installation.json<Report>("deploy:staging");
    expect(again).toMatchObject({ changes: noChanges, release: deployed.release, services: deployed.services });
  });
});
