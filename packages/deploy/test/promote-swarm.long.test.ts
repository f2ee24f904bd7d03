import { afterAll, beforeAll, describe } from "vitest";
import { failureSuite } from "./support/failure-suite.ts";
import { onSwarm } from "./support/promotion-place.ts";
import { PromotionStage } from "./support/promotion-stage.ts";
import { promotionSuite } from "./support/promotion-suite.ts";
import { cannotPlayRemoteHost } from "./support/remote-host.ts";
import { type SwarmHosts, startSwarmHosts } from "./support/swarm-hosts.ts";

const reason = cannotPlayRemoteHost();

// What promote.test.ts and promote-failures.test.ts prove on one host, on a swarm that has both environments.
describe.skipIf(reason)(`on a swarm${reason ? ` (skipped: ${reason})` : ""}`, () => {
  let swarm: SwarmHosts;

  beforeAll(async () => {
    swarm = await startSwarmHosts(3);
  });
  afterAll(() => swarm?.[Symbol.asyncDispose]());
  const open = () => PromotionStage.open(onSwarm(swarm));

  describe("a release that staging proved", () => promotionSuite(open));

  failureSuite(["never gets healthy", "does not start", "fails some time later", "answers with errors"], { open });
});
