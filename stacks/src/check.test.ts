import { expect, it } from "vitest";
import { refuseUndeployable } from "./check.ts";
import { modelOf, serviceOf } from "./swarm/testing.ts";

it.each([
  ["replicas: 2", "replicas: 2"],
  ["mode: global", "mode: global"],
  ["endpoint_mode: dnsrr", "endpoint_mode"],
  ["placement: {constraints: [node.role == worker]}", "placement"],
  ["update_config: {parallelism: 2}", "update_config"],
  ["rollback_config: {delay: 1s}", "rollback_config"],
  ["restart_policy: {condition: any}", "restart_policy"],
])("one host refuses deploy: {%s} by name, and a swarm takes it", async (said, named) => {
  const { model } = await serviceOf(`deploy: {${said}}`);
  expect(() => refuseUndeployable("docker", "p", model)).toThrow(`service a: deploy.${named} is for \`engine: swarm\``);
  expect(() => refuseUndeployable("swarm", "p", model)).not.toThrow();
});

it("one host takes what says nothing new", async () => {
  const { model } = await serviceOf("deploy: {mode: replicated, replicas: 1, placement: {}, update_config: {}}");
  expect(() => refuseUndeployable("docker", "p", model)).not.toThrow();
});

it("a swarm refuses a network of one machine before anything is done", async () => {
  const model = await modelOf("services: {a: {image: x:1, networks: [n]}}\nnetworks: {n: {driver: bridge}}");
  expect(() => refuseUndeployable("swarm", "p", model)).toThrow("network n: driver bridge");
});
