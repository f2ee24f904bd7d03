import { expect, it } from "vitest";
import { ingressConstraint, placement, serviceMode } from "./placement.ts";
import { serviceOf } from "./testing.ts";

const of = async (lines: string) => (await serviceOf(lines)).service;

it("runs what keeps data once, where its volume is", async () => {
  const service = await of("volumes: [v:/v]\nports: ['5432:5432']");
  expect(serviceMode(service)).toEqual({ replicated: { replicas: 1 } });
  expect(placement(service, "n1").constraints).toEqual(["node.id == n1"]);
  expect(() => placement(service, undefined)).toThrow("no node was chosen");
});

it("runs the edge on each machine that requests come in at, also where it publishes on no address", async () => {
  for (const address of ["", "127.0.0.1:"]) {
    const service = await of(`ports: ['${address}80:80']`);
    expect(serviceMode(service)).toEqual({ global: true });
    expect(placement(service, undefined).constraints).toEqual([ingressConstraint]);
  }
});

it("does as the files say otherwise", async () => {
  const said = await of(
    "ports: ['80:80']\ndeploy: {replicas: 2, placement: {constraints: [node.role == worker], preferences: [{spread: node.labels.zone}], max_replicas_per_node: 1}}",
  );
  expect(serviceMode(said)).toEqual({ replicated: { replicas: 2 } });
  expect(placement(said, undefined)).toEqual({
    constraints: ["node.role == worker"],
    prefs: ["node.labels.zone"],
    maxReplicas: 1,
  });
  expect(serviceMode(await of("deploy: {mode: global}"))).toEqual({ global: true });
});

it.each([
  ["volumes: [v:/v]\ndeploy: {replicas: 2}", "service a: deploy.replicas is 2, but its named volume is on one machine"],
  [
    "labels: {understudy.replace: overlap}\nvolumes: [v:/v]\ndeploy: {mode: global}",
    "service a: deploy.mode is global, but its named volume is on one machine",
  ],
  [
    "labels: {understudy.replace: hold}\ndeploy: {replicas: 2}",
    "service a: deploy.replicas is 2, but two of it must not run at once",
  ],
])("refuses to run several: %j", async (lines, message) => {
  const service = await of(lines);
  expect(() => serviceMode(service)).toThrow(message);
});

it("refuses preferences whose order would be lost", async () => {
  const service = await of("deploy: {placement: {preferences: [{spread: a}, {spread: b}]}}");
  expect(() => placement(service, undefined)).toThrow("service a: deploy.placement.preferences are a, b");
});
