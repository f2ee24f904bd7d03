import { expect, it } from "vitest";
import type { ServiceSpec } from "./api.ts";
import { besideVolume, pinOf, wishOf } from "./places.ts";
import { started, stopped } from "./service-run.ts";
import { stoppedLabel } from "./view.ts";

it("a container goes where its volumes are, and what it shares a network or files with", () => {
  const HostConfig = {
    NetworkMode: "container:db",
    Binds: ["data:/data:ro", "/etc/hosts:/hosts"],
    Mounts: [
      { Type: "volume", Source: "logs" },
      { Type: "bind", Source: "/srv" },
    ],
    VolumesFrom: ["web:ro"],
  };
  expect(wishOf({ HostConfig, Labels: { node: "n1" } }, "node")).toEqual({
    volumes: ["logs", "data"],
    beside: ["db", "web"],
    folder: true,
    node: "n1",
  });
  expect(wishOf({}, "node")).toEqual({ volumes: [], beside: [], folder: false, node: undefined });
});

it("a volume stands beside the one whose name its own begins with, the longest of them", () => {
  const known = ["shop_data", "shop_data_more", "shop"];
  expect(besideVolume("shop_data_more_incoming", known)).toBe("shop_data_more");
  expect(besideVolume("shop_database", known)).toBe("shop");
  expect(besideVolume("other", known)).toBeUndefined();
});

const spec = (more: object): ServiceSpec => ({
  ...{ Name: "s", Mode: { Replicated: { Replicas: 3 } }, TaskTemplate: { ContainerSpec: { Image: "i" } } },
  ...more,
});

it.each([
  ["replicas", spec({ Labels: { a: "b" } })],
  [
    "a global one",
    spec({
      Labels: {},
      Mode: { Global: {} },
      TaskTemplate: { Placement: { Constraints: ["node.id == x"] }, ContainerSpec: { Image: "i" } },
    }),
  ],
])("%s are stopped and started as they were", (_, before) => {
  const off = stopped(before);
  expect(off?.Labels?.[stoppedLabel]).toBeDefined();
  expect(off && stopped(off)).toBeUndefined();
  expect(off && started(off)).toEqual(before);
  expect(started(before)).toBeUndefined();
});

it("a pin is a constraint to one node, and no other constraint", () => {
  const pinned = (...Constraints: string[]) =>
    pinOf(spec({ TaskTemplate: { Placement: { Constraints }, ContainerSpec: { Image: "i" } } }));
  expect(pinned("node.role == worker", "node.id==n2")).toBe("n2");
  expect(pinned("node.id != n2")).toBeUndefined();
});
