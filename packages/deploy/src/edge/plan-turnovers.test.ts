import type { ComposeModel } from "@understudy/compose";
import { expect, test } from "vitest";
import { planTurnovers } from "./plan-turnovers.ts";

const service = (name: string, needs: string[] = [], labels: Record<string, string> = {}) => ({
  name,
  labels,
  dependsOn: Object.fromEntries(needs.map((needed) => [needed, {}])),
});
const overlap = { "understudy.replace": "overlap" };
const services = [
  service("postgres"),
  service("n8n", ["postgres"]),
  service("letta", ["postgres"], overlap),
  service("haproxy", ["n8n", "letta"]),
];
const model = { services: Object.fromEntries(services.map((one) => [one.name, one])) } as unknown as ComposeModel;
const running = ["postgres", "n8n", "letta", "haproxy"];
const standing = { served: ["n8n", "letta", "postgres-tcp"], bridged: [], running };

test("each service that is replaced is turned over in its own manner", () => {
  expect(planTurnovers(model, ["letta", "n8n", "haproxy"], standing)).toEqual([
    { service: "n8n", manner: "hold", replaced: ["n8n"] },
    { service: "letta", manner: "overlap", replaced: ["letta"] },
  ]);
});

test("what needs a service that goes away is held, whatever its label", () => {
  expect(planTurnovers(model, ["letta", "postgres"], standing)).toEqual([
    { service: "n8n", manner: "hold", replaced: ["postgres"] },
    { service: "letta", manner: "hold", replaced: ["postgres", "letta"] },
  ]);
});

test("what does not run is held: there is nothing to overlap with", () => {
  expect(planTurnovers(model, ["letta"], { ...standing, running: ["postgres", "n8n"] })).toEqual([
    { service: "letta", manner: "hold", replaced: ["letta"] },
  ]);
});

test("nothing overlaps when it is to be there soonest", () => {
  expect(planTurnovers(model, ["letta"], { ...standing, straight: true })).toEqual([
    { service: "letta", manner: "hold", replaced: ["letta"] },
  ]);
});

test("a bridge that a killed run left stays until its service serves again", () => {
  const left = { ...standing, bridged: ["letta"], running: ["postgres", "n8n"] };
  expect(planTurnovers(model, [], left)).toEqual([{ service: "letta", manner: "overlap", replaced: [] }]);
  expect(planTurnovers(model, ["letta"], left)).toEqual([{ service: "letta", manner: "overlap", replaced: ["letta"] }]);
});

test("nothing is done for what nobody asks for through the edge", () => {
  expect(planTurnovers(model, ["haproxy"], standing)).toEqual([]);
});

test("a service's further containers are part of it, but for one that is only added", () => {
  const replica = { ...service("n8n-2", ["postgres"]), labels: { "understudy.replica-of": "n8n" } };
  const twice = { services: { ...model.services, "n8n-2": replica } } as unknown as ComposeModel;
  const both = { ...standing, running: [...running, "n8n-2"] };
  expect(planTurnovers(twice, ["n8n-2"], both)).toEqual([{ service: "n8n", manner: "hold", replaced: ["n8n-2"] }]);
  expect(planTurnovers(twice, ["n8n-2"], standing)).toEqual([]);
});
