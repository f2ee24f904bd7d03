import type { DesiredStack } from "@understudy/environment";
import { expect, test } from "vitest";
import type { PlanItem } from "../plan/describe.ts";
import { expectedWaits } from "./expected-waits.ts";

const service = (name: string, labels: Record<string, string>, needs: readonly string[] = []) => ({
  name,
  labels,
  ports: name === "haproxy" ? [5678, 8283].map((port) => ({ target: port, published: port, protocol: "tcp" })) : [],
  dependsOn: Object.fromEntries(needs.map((needed) => [needed, {}])),
});
const services = [
  service("postgres", {}),
  service("n8n", { "understudy.endpoint": "http://haproxy:5678/" }, ["postgres"]),
  service("letta", { "understudy.endpoint": "http://haproxy:8283/", "understudy.replace": "overlap" }, ["postgres"]),
  service("haproxy", {}),
];
const desired = {
  environment: { host: "local" },
  model: { services: Object.fromEntries(services.map((one) => [one.name, one])) },
} as unknown as DesiredStack;
const running = ["postgres", "n8n", "letta", "haproxy"];
const replaced = (name: string, downSeconds: number): PlanItem => ({
  kind: "container",
  name,
  action: "replace",
  because: [],
  downSeconds,
});

test("requests of a service wait for it and for what it needs; another one serves where two may run", () => {
  expect(expectedWaits(desired, [replaced("n8n", 12), replaced("letta", 30)], running)).toEqual([
    { service: "n8n", manner: "hold", seconds: 12 },
    { service: "letta", manner: "overlap", seconds: 0 },
  ]);
  expect(expectedWaits(desired, [replaced("n8n", 12), replaced("postgres", 3)], running)).toEqual([
    { service: "n8n", manner: "hold", seconds: 15 },
    { service: "letta", manner: "hold", seconds: 3 },
  ]);
});

test("nothing waits where nothing is replaced, or no edge stands before it", () => {
  expect(expectedWaits(desired, [], running)).toEqual([]);
  expect(expectedWaits(desired, [replaced("n8n", 12)], ["n8n"])).toEqual([]);
});
