import { expect, it } from "vitest";
import { productModel } from "./testing.ts";
import { keptVolumes, transientVolumes } from "./transient.ts";

const queueMode = () => productModel("docker-compose.yml", "docker-compose.queue.yml");

it("is the queue alone, of the volumes of this product", async () => {
  const model = await queueMode();
  expect(transientVolumes(model)).toEqual(["valkey-data"]);
  expect(keptVolumes(model)).toContain("n8n-data");
  expect(keptVolumes(model)).not.toContain("valkey-data");
});

it("is said by one word, and any other is refused", async () => {
  const { volumes, ...model } = await queueMode();
  const [volume] = Object.values(volumes);
  if (!volume) throw new Error("there is no volume");
  const odd = { ...model, volumes: { "some-data": { ...volume, labels: { "understudy.data": "temporary" } } } };
  expect(() => keptVolumes(odd)).toThrow('volume some-data: label understudy.data "temporary" must be transient');
});
