import { expect, it } from "vitest";
import { swarmFiles } from "./files.ts";
import { serviceOf } from "./testing.ts";

const files = async (lines: string, content: string) => {
  const { model } = await serviceOf(lines);
  return swarmFiles("p-staging", { ...model, configs: { c: { content, file: undefined } } });
};

it("names each content apart, so that a service can go back to the one before", async () => {
  const [first] = await files("configs: [c]", "one");
  const [second] = await files("configs: [c]", "two");
  expect(first).toMatchObject({ kind: "config", source: "c", data: Buffer.from("one").toString("base64") });
  expect(first?.name).toMatch(/^p-staging_c_[0-9a-f]{12}$/);
  expect(second?.name).not.toBe(first?.name);
});

it("takes what services mount, and nothing else", async () => expect(await files("", "one")).toEqual([]));

it.each([
  ["", "config c: is empty"],
  ["x".repeat(512_000), "config c: has 512000 bytes, and a swarm keeps less than 512000"],
])("refuses what a swarm does not keep", async (content, message) => {
  await expect(files("configs: [c]", content)).rejects.toThrow(message);
});
