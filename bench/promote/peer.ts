import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Command, measure } from "../deploy/measure.ts";
import { describeTrial } from "./report.ts";
import { hostAddress, ports, productionOffset, type Stage } from "./stage.ts";
import { type Series, type Setting, type Trial, underLoad } from "./under-load.ts";

/**
 * Docker Compose makes the same change to the same images, on the volumes of what was our production: its containers are
 * removed before.
 */
export async function changeWithCompose(setting: Setting, runs: number): Promise<Series> {
  const { stage, say } = setting;
  const name = "docker-compose 1.29 up -d";
  stage.installation.write("images.yml", imagesOf(stage));
  const up = composeUp(stage);
  say(`${name}: taking production's place`);
  await stage.removeProduction();
  await measure(up);
  await answering(setting);
  const trials: Trial[] = [];
  for (let run = 1; run <= runs; run++) {
    stage.changeRelease();
    const trial = await underLoad(setting, async () => {
      const began = performance.now();
      await measure(up);
      await answering(setting);
      return { seconds: (performance.now() - began) / 1_000 };
    });
    trials.push(trial);
    say(`${name}: run ${run} of ${runs}, ${describeTrial(trial)}`);
  }
  return { name, trials };
}

/** Under our production's name: so volumes are the same. */
function composeUp({ production, installation: { root } }: Stage): Command {
  const published = Object.entries(ports).map(([variable, port]) => [variable, String(port + productionOffset)]);
  const files = ["compose/docker-compose.yml", "images.yml"].flatMap((file) => ["-f", join(root, file)]);
  return {
    program: "docker-compose",
    args: ["-p", production, "--env-file", join(root, ".env.production"), ...files, "up", "-d"],
    env: { ...Object.fromEntries(published), BIND_ADDRESS: hostAddress, EGRESS_INTERNAL: "true" },
    cwd: root,
  };
}

/** The names of the images that ours runs. */
function imagesOf({ installation }: Stage): string {
  const read = (file: string) => JSON.parse(installation.read(`.understudy/${file}`));
  const { id } = read("facts/production/release.json") as { id: string };
  const { images } = read(`releases/${id}/release.json`) as { images: Record<string, { reference: string }> };
  const services = Object.entries(images).map(([name, { reference }]) => `  ${name}: { image: "${reference}" }`);
  return `services:\n${services.join("\n")}\n`;
}

/** Until every service answers through the edge; it throws the name of one that does not within 5 minutes. */
async function answering({ asked }: Setting): Promise<void> {
  const deadline = performance.now() + 300_000;
  const waiting = asked.map(async ({ service, url, read }) => {
    for (;;) {
      if (performance.now() > deadline) throw new Error(`${service} does not answer after Docker Compose's change`);
      const signal = AbortSignal.timeout(2_000);
      const answer = await fetch(`${url}${read}`, { signal }).catch(() => undefined);
      await answer?.arrayBuffer();
      if (answer?.status === 200) return;
      await sleep(100);
    }
  });
  await Promise.all(waiting);
}
