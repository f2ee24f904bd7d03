import { expect, it } from "vitest";
import { createInstallation } from "./support/installation.ts";
import { killCampaign, killTable } from "./support/kill-campaign.ts";
import { writeTinyStack } from "./support/tiny-stack.ts";

it("a deploy that was killed is finished by the next one (a small seeded sample; the campaign is in test:long)", async () => {
  await using installation = createInstallation("environments:\n  staging: { kind: staging, portOffset: 16000 }\n");
  writeTinyStack(installation);
  const compose = installation.read("compose/docker-compose.yml");
  const change = (round: number) =>
    installation.write(
      "compose/docker-compose.yml",
      compose.replace("  db:\n", `  db:\n    labels: { round: "${round}" }\n`),
    );
  const kills = await killCampaign({ installation, kills: 2, seed: 20_261_121, database: "db", change });
  console.log(killTable(kills));
  expect(kills).toHaveLength(2);
});
