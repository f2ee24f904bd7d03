import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { sourceRoot } from "@understudy/core";
import { expect, it } from "vitest";
import { createInstallation } from "./support/installation.ts";
import { killCampaign, killTable } from "./support/kill-campaign.ts";

const kills = Number(process.env.KILLS ?? 20);
const seed = Number(process.env.SEED ?? 1);

it(`the whole stack survives ${kills} kills at random moments (seed ${seed})`, async () => {
  await using installation = createInstallation("environments:\n  staging: { kind: staging, portOffset: 17000 }\n");
  execFileSync("cp", ["-r", join(sourceRoot, "compose"), installation.root]);
  const base = installation.read("compose/docker-compose.yml");
  // A key that no service has of its own, so that a change of it replaces every container.
  const change = (round: number) =>
    installation.write(
      "compose/docker-compose.yml",
      base.replace(
        "x-service: &service\n",
        `x-service: &service\n  extra_hosts: ["round:127.0.1.${(round % 250) + 1}"]\n`,
      ),
    );
  const survived = await killCampaign({ installation, kills, seed, database: "postgres", change });
  console.log(killTable(survived));
  expect(survived).toHaveLength(kills);
});
