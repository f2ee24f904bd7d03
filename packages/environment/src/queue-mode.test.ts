import { expandReplicas } from "@understudy/compose";
import { expect, it } from "vitest";
import { replicasOf } from "./scale.ts";
import { productModel } from "./testing.ts";

const files = ["docker-compose.yml", "docker-compose.queue.yml"] as const;

it("gives every process of n8n what n8n itself has, its key and its database among them", async () => {
  const { services } = await productModel(...files);
  for (const name of ["n8n-webhook", "n8n-worker"]) {
    expect(services[name]?.environment).toMatchObject(services.n8n?.environment ?? {});
    expect(services[name]?.image).toBe(services.n8n?.image);
  }
  expect(services["n8n-keeper"]?.image).toBe(services.n8n?.image);
});

it("leaves what a worker executes the time that Docker leaves the worker", async () => {
  const { services } = await productModel(...files);
  const worker = services["n8n-worker"];
  const seconds = Number(worker?.environment.N8N_GRACEFUL_SHUTDOWN_TIMEOUT);
  expect(seconds).toBeGreaterThan(0);
  expect(worker?.stopGracePeriod).toBeGreaterThan(seconds * 1_000);
});

it("runs as many workers as the files say, or as they were scaled to", async () => {
  const model = await productModel(...files);
  expect(replicasOf(model, {})).toMatchObject({ n8n: 1, "n8n-worker": 2, "n8n-webhook": 1 });
  const scaled = expandReplicas(model, replicasOf(model, { "n8n-worker": 3, "n8n-webhook": 2, gone: 4 }));
  expect(Object.keys(scaled.services).filter((name) => name.startsWith("n8n-w"))).toEqual([
    ...["n8n-webhook", "n8n-webhook-2", "n8n-worker", "n8n-worker-2", "n8n-worker-3"],
  ]);
});

it("cannot run n8n itself, or the queue, twice", async () => {
  const model = await productModel(...files);
  expect(() => expandReplicas(model, { n8n: 2 })).toThrow("service n8n: 2 of it cannot run, its volume n8n-data");
  expect(() => expandReplicas(model, { valkey: 2 })).toThrow("its volume valkey-data");
  expect(() => expandReplicas(model, { haproxy: 2 })).toThrow("can be published once");
});
