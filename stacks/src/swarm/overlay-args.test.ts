import { expect, it } from "vitest";
import { overlayArgs } from "./overlay-args.ts";
import { modelOf } from "./testing.ts";

const of = async (network: string) => {
  const model = await modelOf(`services: {a: {image: x:1, networks: [n]}}\nnetworks: {n: ${network}}`);
  const found = model.networks.n;
  if (!found) throw new Error("network n is missing");
  return overlayArgs("n", found);
};

it("lets containers join, and stays internal", async () => {
  expect(await of("{internal: true}")).toEqual({ driver: "overlay", internal: true, attachable: true });
});

it.each([
  ["172.30.7.0/24", "172.30.7.1"],
  ["10.1.2.130/25", "10.1.2.129"],
  ["10.0.0.0/8", "10.0.0.1"],
])("names the gateway that a swarm chooses in %s", async (subnet, gateway) => {
  expect(await of(`{ipam: {config: [{subnet: ${subnet}}]}}`)).toMatchObject({ ipamConfigs: [{ subnet, gateway }] });
});

it.each([
  ["{driver: bridge}", "network n: driver bridge is for one machine"],
  ["{driver_opts: {encrypted: ''}}", "network n: driver_opts cannot be kept"],
  ["{ipam: {config: [{subnet: 'fd00::/64'}]}}", "network n: subnet fd00::/64 has no gateway"],
])("refuses %s", async (network, message) => await expect(of(network)).rejects.toThrow(message));
