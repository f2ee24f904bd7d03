import { spawn } from "node:child_process";
import { randomBytes, randomUUID } from "node:crypto";
import { once } from "node:events";
import { request } from "node:http";
import type { Duplex } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { connectEngine, type Engine, exec, UserError } from "@understudy/core";
import { builtName } from "@understudy/images";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { bridgeOf } from "../src/edge/bridged-model.ts";
import { Edge } from "../src/edge/edge.ts";
import { whileHeld, withHeld } from "../src/edge/hold.ts";
import type { ReplaceManner } from "../src/edge/replace-manner.ts";
import { Turnovers, type WhenHealthy } from "../src/edge/turnovers.ts";
import { awaitHealthy } from "../src/healthy/await-healthy.ts";
import { ask, type Load, startLoad } from "./support/edge-load.ts";
import { type EdgeService, EdgeStack } from "./support/edge-stack.ts";

// Services behind the real edge are replaced while 50 requests a second come in, which nobody repeats.

const limits = { hold: { hold: 30_000, drain: 5_000 }, drain: 5_000, healthy: 60_000 };
const everything = new AsyncDisposableStack();
let engine: Engine;
let stack: EdgeStack;
let toolbox: string;

beforeAll(async () => {
  engine = everything.use(await connectEngine("local"));
  stack = everything.use(await EdgeStack.start(engine));
  toolbox = await builtName("toolbox");
  await Promise.all([stack.run("n8n", "v0"), stack.run("letta", "v0")]);
  for (const service of ["n8n", "letta"] as const)
    await vi.waitFor(async () => expect(await ask(await stack.url(service))).toMatchObject({ status: 200 }), 10_000);
});

afterAll(() => everything.disposeAsync());

test("a service that is held is replaced without a request lost, or done twice", async () => {
  const load = startLoad(await stack.url("n8n"));
  await sleep(1_000);
  expect(await turnOver("n8n", "hold")).toMatchObject([{ leftOver: 0 }]);
  await sleep(1_000);
  const seen = await load.stop();
  expect(seen.failed).toEqual([]);
  await everyWriteOnce("n8n", seen);
});

test("the same without the hold loses requests: the load would have seen them", async () => {
  const load = startLoad(await stack.url("n8n"));
  await sleep(1_000);
  await stack.replace("n8n", "v2", 3_000);
  await sleep(4_000);
  const seen = await load.stop();
  expect(seen.failed).not.toEqual([]);
});

test("a service that may overlap is replaced without a request waiting", async () => {
  const load = startLoad(await stack.url("letta"));
  await sleep(1_000);
  expect(await turnOver("letta", "overlap")).toMatchObject([{ held: 0, leftOver: 0 }]);
  await sleep(500);
  const seen = await load.stop();
  expect(seen.failed).toEqual([]);
  expect(seen.versions).toEqual(new Set(["v0", "bridge", "v1"]));
  await everyWriteOnce("letta", seen);
});

test("nobody meets a new version before all is done that it needs", async () => {
  const url = await stack.url("n8n");
  const seen: string[] = [];
  let asked: Promise<unknown> = Promise.resolve();
  await turnOver("n8n", "hold", async (service) => {
    asked = ask(url).then(({ status }) => seen.push(`answered ${status}`));
    await sleep(1_500);
    seen.push(`${service} is ready`);
  });
  await asked;
  expect(seen).toEqual(["n8n is ready", "answered 200"]);
});

test("what a new version needs may fail: it is told, and requests go on", async () => {
  const failed = turnOver("n8n", "hold", async () => {
    throw new UserError("its workflows do not fit");
  });
  await expect(failed).rejects.toThrow("its workflows do not fit");
  expect(await ask(await stack.url("n8n"))).toMatchObject({ status: 200 });
});

test("a hold that is kept lasts as long as what it is for, however short its limit", async () => {
  const url = await stack.url("n8n");
  await using edge = await Edge.open(engine, [stack.containerOf("haproxy")], toolbox);
  const seen: string[] = [];
  let asked: Promise<unknown> = Promise.resolve();
  await whileHeld(edge, "n8n", 1_000, async () => {
    asked = ask(url).then(({ status }) => seen.push(`answered ${status}`));
    await sleep(3_500);
    seen.push("done");
  });
  await asked;
  expect(seen).toEqual(["done", "answered 200"]);
});

test("what a service works on ends before it is stopped; an open websocket is not waited for", async () => {
  const url = await stack.url("n8n", "/slow");
  const websocket = await openWebsocket(url);
  await using edge = await Edge.open(engine, [stack.containerOf("haproxy")], toolbox);
  const slow = ask(url);
  await expect.poll(() => edge.inFlight("n8n")).toBe(1);
  const began = performance.now();
  const { leftOver } = await withHeld(edge, "n8n", limits.hold, async () => {
    expect(performance.now() - began).toBeGreaterThan(1_000);
  });
  expect(leftOver).toBe(0);
  expect(performance.now() - began).toBeLessThan(limits.hold.drain);
  expect(await slow).toMatchObject({ status: 200 });
  websocket.destroy();
});

test("requests that waited go on in the order in which they came", async () => {
  const url = await stack.url("n8n");
  const name = randomUUID();
  await using edge = await Edge.open(engine, [stack.containerOf("haproxy")], toolbox);
  const asked: Promise<unknown>[] = [];
  await withHeld(edge, "n8n", limits.hold, async () => {
    for (let number = 0; number < 100; number++) {
      asked.push(ask(url, { write: `${name} ${number}` }));
      await sleep(10);
    }
    await expect.poll(() => edge.waiting("n8n")).toBe(100);
  });
  await Promise.all(asked);
  expect(await edge.waiting("n8n")).toBe(0);
  const written = (await everythingWritten("n8n")).filter((line) => line.startsWith(name));
  const places = written.map((line) => Number(line.slice(name.length + 1)));
  expect(places.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, number) => number));
  // Those that go together, ten at once, may still overtake each other on their way; without any order it is a third of all.
  const displaced = places.map((number, place) => Math.abs(number - place)).reduce((sum, far) => sum + far, 0);
  expect(displaced / places.length).toBeLessThan(10);
});

test("a process that is killed in a hold leaves the edge serving: the hold ends by itself", async () => {
  const child = spawn(
    process.execPath,
    [fileURLToPath(new URL("support/edge-hold.ts", import.meta.url)), stack.containerOf("haproxy"), toolbox, "3000"],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  await once(child.stdout, "data");
  child.kill("SIGKILL");
  const began = performance.now();
  expect(await ask(await stack.url("n8n"))).toMatchObject({ status: 200 });
  expect(performance.now() - began).toBeGreaterThan(1_000);
  expect(performance.now() - began).toBeLessThan(4_000);
});

test("an edge that is started anew holds nothing", async () => {
  await using edge = await Edge.open(engine, [stack.containerOf("haproxy")], toolbox);
  await edge.hold("n8n", 30_000);
  await engine.docker.getContainer(stack.containerOf("haproxy")).restart({ t: 0 });
  await expect.poll(async () => (await ask(await stack.url("n8n"))).status).toBe(200);
  await expect(edge.release("n8n")).rejects.toThrow(/runtime API/);
});

test("nobody but who shares the edge's network reaches its runtime API", async () => {
  const address = await stack.address("haproxy");
  const dial = [
    "node",
    "-e",
    `require("net").connect(9999, "${address}").on("error", ({ code }) => console.log(code))`,
  ];
  const { stdout } = await exec(engine, stack.containerOf("n8n"), dial);
  expect(stdout.trim()).toBe("ECONNREFUSED");
});

/** As one run of the engine does it. */
async function turnOver(service: EdgeService, manner: ReplaceManner, ready?: (service: string) => Promise<void>) {
  await using edge = await Edge.open(engine, [stack.containerOf("haproxy")], toolbox);
  const planned = [{ service, manner, replaced: [service] }];
  const options = { engine, edge, edgeService: "haproxy", stackName: stack.name, planned, limits };
  const whenHealthy: WhenHealthy = (wait) => awaitHealthy(engine, wait);
  const turnovers = new Turnovers({ ...options, whenHealthy, ready });
  if (manner === "overlap") {
    await stack.run(service, "bridge", { as: bridgeOf(service), boot: 2_000 });
    turnovers.after(bridgeOf(service));
  }
  await turnovers.before(service);
  await stack.replace(service, "v1", 3_000);
  turnovers.after(service);
  const reports = await turnovers.finish();
  if (manner === "overlap") await stack.remove(bridgeOf(service));
  return reports;
}

async function everyWriteOnce(service: EdgeService, { acknowledged }: Load): Promise<void> {
  const written = await everythingWritten(service);
  expect(acknowledged.length).toBeGreaterThan(0);
  expect(acknowledged.filter((id) => written.filter((line) => line === id).length !== 1)).toEqual([]);
}

async function everythingWritten(service: EdgeService): Promise<string[]> {
  const { stdout } = await exec(engine, stack.containerOf(service), ["cat", "/data/written"], { keep: 1_000_000 });
  return stdout.trim().split("\n");
}

async function openWebsocket(url: URL): Promise<Duplex> {
  const headers = {
    connection: "upgrade",
    upgrade: "websocket",
    "sec-websocket-version": "13",
    "sec-websocket-key": randomBytes(16).toString("base64"),
  };
  const call = request(url, { headers }).end();
  const [, socket] = (await once(call, "upgrade")) as [unknown, Duplex];
  return socket;
}
