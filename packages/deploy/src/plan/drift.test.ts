import type { ContainerInspectInfo } from "@understudy/core";
import type { Snapshot } from "@understudy/environment";
import { describe, expect, it } from "vitest";
import type { ResourceChange } from "../engine/changes.ts";
import { alteredByHand, forcedReplacements, knownContainers, settleChanges } from "./drift.ts";

const web = {
  Id: "1",
  Name: "/s-web",
  Image: "sha256:a",
  Config: { Labels: { "understudy.service": "web" }, Env: ["A=b"] },
  HostConfig: { Memory: 1, RestartPolicy: { Name: "no" }, Privileged: false },
  Mounts: [],
  State: { Running: true },
  NetworkSettings: { Networks: { s_edge: { NetworkID: "n1", Aliases: ["web"] } } },
};
const snapshot = (info: unknown): Snapshot => ({
  containers: new Map([["s-web", info as ContainerInspectInfo]]),
  networks: new Map(),
  volumes: new Map(),
});
const known = knownContainers(snapshot(web));
const altered = (info: unknown) => alteredByHand(known, snapshot(info), { web: ["s_edge"] });

describe("alteredByHand", () => {
  it("sees a container that is as it was left, running or not", () => {
    expect(altered(web)).toEqual([]);
    expect(altered({ ...web, State: { Running: false } })).toEqual([]);
  });

  it("leaves limits that change in place to the engine", () => {
    expect(altered({ ...web, HostConfig: { ...web.HostConfig, Memory: 2 } })).toEqual([]);
  });

  it.each([
    ["a network that it is off", { ...web, NetworkSettings: { Networks: {} } }],
    [
      "a network of the same name that is another",
      { ...web, NetworkSettings: { Networks: { s_edge: { NetworkID: "n2", Aliases: ["web"] } } } },
    ],
    ["anything else of its host configuration", { ...web, HostConfig: { ...web.HostConfig, Privileged: true } }],
  ])("finds %s", (_name, info) => expect(altered(info)).toEqual(["web"]));

  it("does not take a new container for an altered one", () => {
    expect(altered({ ...web, Id: "2", Config: { ...web.Config, Env: ["A=c"] } })).toEqual([]);
  });
});

describe("settleChanges", () => {
  const change = (operation: ResourceChange["operation"], ...properties: string[]): ResourceChange => ({
    kind: "container",
    name: "web",
    operation,
    properties: properties.map((property) => ({ property, from: undefined, to: undefined })),
  });

  it("starts what is stopped instead of changing it", () => {
    expect(settleChanges([change("update", "mustRun")], new Set(["web"]), [])).toEqual([]);
    expect(settleChanges([change("replace", "mustRun", "ports")], new Set(["web"]), [])).toEqual([]);
    expect(settleChanges([change("replace", "mustRun", "ports", "labels")], new Set(["web"]), [])).toHaveLength(1);
    expect(settleChanges([change("update", "mustRun", "memory")], new Set(["web"]), [])).toHaveLength(1);
  });

  it("replaces what was altered by hand, once, and tells the engine to", () => {
    const settled = settleChanges([change("update", "memory")], new Set(), ["web"]);
    expect(settled).toMatchObject([{ operation: "replace" }]);
    expect(forcedReplacements(settled)).toEqual(["web"]);
  });

  it("leaves a replacement of the engine's own alone", () => {
    const settled = settleChanges([change("replace", "image")], new Set(), ["web"]);
    expect(settled).toEqual([change("replace", "image")]);
    expect(forcedReplacements(settled)).toEqual([]);
  });
});
