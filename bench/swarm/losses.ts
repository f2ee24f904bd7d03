import { execFile } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import type { SwarmHost } from "../../packages/deploy/test/support/swarm-hosts.ts";
import { median } from "../deploy/measure.ts";
import { type BenchStage, places } from "./stage.ts";
import { table } from "./table.ts";

/** What came of one loss, seconds after it. */
interface Loss {
  /** The last request that failed was sent; 0 where none failed. */
  readonly lastFailed: number;
  readonly failed: number;
  readonly sent: number;
  /** As many replicas as before are healthy, on other machines. */
  readonly back: number;
}

const replicas = 3;
/** After which time a replica counts as lost for good, ms. */
const patience = 180_000;
/** Requests a second. */
const rate = 20;
const run = promisify(execFile);

/** A worker that has neither data nor an edge loses its power under load, several times: Markdown. The stack is away afterwards. */
export async function measureLosses(stage: BenchStage, times: number, say: (line: string) => void): Promise<string> {
  const { installation } = stage;
  await installation.json("deploy:staging", "--environment", places.swarm);
  const losses: Loss[] = [];
  for (let time = 0; time < times; time++) {
    await occupy(stage, stage.machine(3));
    const loss = await lose(stage, stage.machine(3));
    say(
      `loss ${time + 1} of ${times}: ${loss.failed} of ${loss.sent} failed, the last ${loss.lastFailed.toFixed(1)} s after; all back after ${loss.back.toFixed(1)} s`,
    );
    losses.push(loss);
    await stage.machine(3).boot();
  }
  await ready(stage);
  await installation.json("destroy:staging", "--environment", places.swarm, "--volumes", "--yes");
  const row = (what: string, of: (loss: Loss) => number) => {
    const all = losses.map(of);
    return [what, median(all).toFixed(1), Math.max(...all).toFixed(1)];
  };
  return table(
    ["", "median", "most"],
    [
      row("last failed request, s after the loss", ({ lastFailed }) => lastFailed),
      row(`requests that failed, of ${rate} a second`, ({ failed }) => failed),
      row(`${replicas} replicas healthy elsewhere, s after the loss`, ({ back }) => back),
    ],
  );
}

async function lose(stage: BenchStage, machine: SwarmHost): Promise<Loss> {
  const load = startLoad(`http://${stage.machine(1).address}:8000/`);
  await sleep(2_000);
  const at = performance.now();
  await machine.die();
  const others = [stage.machine(1), stage.machine(2)];
  while ((await healthyOn(stage, others)) < replicas) {
    if (performance.now() - at > patience)
      throw new Error(`app does not come back on ${others.map(({ name }) => name)}`);
    await sleep(200);
  }
  const back = (performance.now() - at) / 1_000;
  await sleep(2_000);
  const { sent, failures } = await load.stop();
  const lastFailed = Math.max(at, ...failures);
  return { lastFailed: (lastFailed - at) / 1_000, failed: failures.length, sent, back };
}

/** The machine that will be lost has a replica: what was moved stays where it is until it is made anew, and then goes where Swarm likes. */
async function occupy(stage: BenchStage, machine: SwarmHost): Promise<void> {
  await ready(stage);
  const all = [1, 2, 3].map((number) => stage.machine(number));
  const settled = async () => (await healthyOn(stage, [machine])) > 0 && (await healthyOn(stage, all)) === replicas;
  for (const until = Date.now() + patience; !(await settled()); await sleep(5_000)) {
    if (Date.now() > until) throw new Error(`app does not come to ${machine.name}`);
    await stage.installation.json("restart", "app", "--environment", places.swarm);
  }
}

async function ready(stage: BenchStage): Promise<void> {
  const states = () => stage.machine(1).docker("node", "ls", "--format", "{{.Status}}").split("\n");
  while (states().some((state) => state !== "Ready")) await sleep(500);
}

async function healthyOn({ installation }: BenchStage, machines: readonly SwarmHost[]): Promise<number> {
  const service = `${installation.project}-${places.swarm}-app`;
  const filters = ["--filter", `label=com.docker.swarm.service.name=${service}`, "--filter", "health=healthy"];
  const counts = machines.map(async ({ dockerHost }) => {
    const { stdout } = await run("docker", ["-H", dockerHost, "ps", "--quiet", ...filters]);
    return stdout.split("\n").filter(Boolean).length;
  });
  return (await Promise.all(counts)).reduce((sum, count) => sum + count, 0);
}

/** Requests at a steady rate, whether or not earlier ones were answered. */
function startLoad(url: string) {
  /** When those that failed were sent. */
  const failures: number[] = [];
  const open = new Set<Promise<void>>();
  let sent = 0;
  const ask = async () => {
    const at = performance.now();
    sent++;
    const ok = await fetch(url, { signal: AbortSignal.timeout(5_000) })
      .then(async (answer) => (await answer.text()) !== "" && answer.ok)
      .catch(() => false);
    if (!ok) failures.push(at);
  };
  const timer = setInterval(() => {
    const one = ask().finally(() => open.delete(one));
    open.add(one);
  }, 1_000 / rate);
  return {
    stop: async () => {
      clearInterval(timer);
      await Promise.all(open);
      return { sent, failures };
    },
  };
}
