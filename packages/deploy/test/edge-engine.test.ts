import { setTimeout as sleep } from "node:timers/promises";
import { connectEngine, type Engine } from "@understudy/core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { EngineStack } from "./support/edge-engine.ts";
import { startLoad } from "./support/edge-load.ts";

// The real engine replaces the services behind the real edge, all in one run, while requests come in at both.

const everything = new AsyncDisposableStack();
const n8n = new URL("http://127.0.0.1:25678/");
const letta = new URL("http://127.0.0.1:28283/");
let engine: Engine;
let stack: EngineStack;

beforeAll(async () => {
  engine = everything.use(await connectEngine("local"));
  stack = everything.use(new EngineStack(engine));
  await stack.deploy({ n8n: "v1", letta: "v1", boot: 0 });
  await sleep(2_000);
});

afterAll(() => everything.disposeAsync());

test("both manners in one run lose nothing, and leave no bridge", async () => {
  const loads = [startLoad(n8n), startLoad(letta)];
  await sleep(500);
  const reports = await stack.deploy({ n8n: "v2", letta: "v2", boot: 2_000 });
  await sleep(500);
  const seen = await Promise.all(loads.map((load) => load.stop()));
  expect(seen.map(({ failed }) => failed)).toEqual([[], []]);
  expect(seen.map(({ versions }) => [...versions].sort())).toEqual([
    ["v1", "v2"],
    ["v1", "v2"],
  ]);
  expect(reports).toMatchObject([
    { service: "n8n", manner: "hold", leftOver: 0 },
    { service: "letta", manner: "overlap", held: 0, leftOver: 0 },
  ]);
  expect(await containers()).toEqual(["haproxy", "letta", "n8n"]);
  // Nothing else starts while requests wait: the machine is the held one's, and what a bridge stands in for has time.
  const [ofN8n, ofLetta] = [await startedAt("n8n"), await startedAt("letta")];
  expect(ofLetta - ofN8n).toBeGreaterThan(2_000);
  // Weights are ours alone: the engine finds nothing to change.
  await stack.apply({ n8n: "v2", letta: "v2", boot: 2_000 });
  expect([await startedAt("n8n"), await startedAt("letta")]).toEqual([ofN8n, ofLetta]);
  expect(await Promise.all(["n8n", "letta"].map(weightOf))).toEqual([1_024, 1_024]);
});

test("a run that was killed while a bridge served is gone on with, and nothing is lost", async () => {
  const load = startLoad(letta);
  await stack.leaveBridged({ n8n: "v2", letta: "v2", boot: 2_000 });
  await stack.deploy({ n8n: "v2", letta: "v2", boot: 2_000 });
  await sleep(500);
  const seen = await load.stop();
  expect(seen.failed).toEqual([]);
  expect(await containers()).toEqual(["haproxy", "letta", "n8n"]);
});

async function weightOf(service: string): Promise<number> {
  const { HostConfig } = await engine.docker.getContainer(stack.containerOf(service)).inspect();
  return HostConfig.CpuShares ?? 0;
}

async function startedAt(service: string): Promise<number> {
  const { State } = await engine.docker.getContainer(stack.containerOf(service)).inspect();
  return Date.parse(State.StartedAt);
}

async function containers(): Promise<string[]> {
  const all = await engine.docker.listContainers({ all: true, filters: { name: [stack.containerOf("")] } });
  return all.map(({ Names }) => (Names[0] ?? "").slice(stack.containerOf("").length + 1)).sort();
}
