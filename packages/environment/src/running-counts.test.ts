import { expect, it } from "vitest";
import { runningCounts } from "./running-counts.ts";
import type { Snapshot } from "./snapshot.ts";

function container(service: string, { of, running = true }: { of?: string; running?: boolean } = {}) {
  const labels = { "understudy.service": service, ...(of ? { "understudy.replica-of": of } : {}) };
  return [service, { Name: `/${service}`, Config: { Labels: labels }, State: { Running: running } }] as const;
}

it("counts the containers of a service that run, whichever of them do", () => {
  const containers = new Map([
    container("worker", { running: false }),
    container("worker-2", { of: "worker" }),
    container("worker-3", { of: "worker" }),
    container("db"),
  ]);
  const snapshot = { containers } as unknown as Snapshot;
  expect(runningCounts({ worker: 3, db: 1, edge: 1 }, snapshot)).toEqual([
    { service: "worker", running: 2, wanted: 3 },
    { service: "db", running: 1, wanted: 1 },
    { service: "edge", running: 0, wanted: 1 },
  ]);
});

it("has one wanted on each machine of a swarm that is fit for it, where the swarm runs a service so", () => {
  const swarm = {
    services: new Map([
      ["stack-edge", { ID: "1", Spec: { Labels: { "understudy.service": "edge" }, Mode: { Global: {} } } }],
    ]),
    tasks: [
      { ServiceID: "1", DesiredState: "running" },
      { ServiceID: "1", DesiredState: "running" },
      { ServiceID: "1", DesiredState: "shutdown" },
      { ServiceID: "2", DesiredState: "running" },
    ],
  };
  const snapshot = { containers: new Map([container("edge")]), swarm } as unknown as Snapshot;
  expect(runningCounts({ edge: 1 }, snapshot)).toEqual([{ service: "edge", running: 1, wanted: 2 }]);
});
