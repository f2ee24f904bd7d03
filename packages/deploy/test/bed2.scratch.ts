import { onSwarm } from "/work/main/packages/deploy/test/support/promotion-place.ts";
import { PromotionStage } from "/work/main/packages/deploy/test/support/promotion-stage.ts";
import { startSwarmHosts } from "/work/main/packages/deploy/test/support/swarm-hosts.ts";
import { existsSync, rmSync } from "node:fs";
const swarm = await startSwarmHosts(3);
try {
  const stage = await PromotionStage.open(onSwarm(swarm));
  try {
    console.log("ROOT", stage.installation.root, stage.installation.project, swarm.folder, String(stage.url("app")), String(stage.url("page")), swarm.hosts.map(h=>h.dockerHost ?? h.url).join(" "));
    while (!existsSync("/root/bed2.stop")) await new Promise((r) => setTimeout(r, 1000));
    rmSync("/root/bed2.stop");
  } finally { await stage[Symbol.asyncDispose](); }
} finally { await swarm[Symbol.asyncDispose](); }
