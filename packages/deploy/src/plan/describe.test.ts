import type { ComposeModel } from "@understudy/compose";
import { describe, expect, it } from "vitest";
import { describePlan, type Observations, planLine } from "./describe.ts";

const model = {
  networks: { internal: {} },
  volumes: { "n8n-data": {} },
  services: { postgres: {}, n8n: { networks: { internal: {} } } },
} as unknown as ComposeModel;
const lines = (seen: Partial<Observations>) =>
  describePlan(model, {
    changes: [],
    stopped: new Set(),
    running: new Set(["n8n", "postgres"]),
    secondsToHealthy: { n8n: 9.6 },
    changedVariables: {},
    ...seen,
  }).map(planLine);

describe("describePlan", () => {
  it("tells an image change by version, with the time that it takes", () => {
    const said = lines({
      changes: [
        {
          kind: "image",
          name: "n8n",
          operation: "replace",
          properties: [{ property: "name", from: "n8nio/n8n:2.40.7", to: "n8nio/n8n:2.41.1" }],
        },
        {
          kind: "container",
          name: "n8n",
          operation: "replace",
          properties: [{ property: "image", from: "sha256:a", to: "sha256:b" }],
        },
      ],
    });
    expect(said).toEqual(["n8n: image 2.40.7 → 2.41.1, container replaced, ~10 s down"]);
  });

  it("tells which network takes a container with it", () => {
    const said = lines({
      changes: [
        {
          kind: "network",
          name: "internal",
          operation: "replace",
          properties: [{ property: "internal", from: "false", to: "true" }],
        },
        { kind: "container", name: "n8n", operation: "replace", properties: [] },
      ],
    });
    expect(said).toEqual([
      "internal: internal false → true, network replaced",
      "n8n: network internal replaced, container replaced, ~10 s down",
    ]);
  });

  it("names changed variables and never their values", () => {
    const said = lines({
      changes: [
        {
          kind: "container",
          name: "n8n",
          operation: "replace",
          properties: [{ property: "envs", from: undefined, to: undefined }],
        },
      ],
      changedVariables: { n8n: ["N8N_LOG_LEVEL"] },
    });
    expect(said).toEqual(["n8n: environment (N8N_LOG_LEVEL), container replaced, ~10 s down"]);
  });

  it("says from and to of a limit that is changed in place, without downtime", () => {
    const said = lines({
      changes: [
        {
          kind: "container",
          name: "postgres",
          operation: "update",
          properties: [{ property: "memory", from: "512", to: "1024" }],
        },
      ],
    });
    expect(said).toEqual(["postgres: memory limit 512 → 1024, container changed in place"]);
  });

  it("does not promise a time that it does not know", () => {
    expect(lines({ changes: [{ kind: "container", name: "postgres", operation: "replace", properties: [] }] })).toEqual(
      ["postgres: container replaced, briefly down"],
    );
  });

  it("starts what is stopped, but not what is replaced anyway", () => {
    expect(lines({ stopped: new Set(["n8n"]) })).toEqual(["n8n: it is stopped, container started"]);
    expect(
      lines({
        stopped: new Set(["n8n"]),
        running: new Set(),
        changes: [{ kind: "container", name: "n8n", operation: "create", properties: [] }],
      }),
    ).toEqual(["n8n: container created"]);
  });

  it("keeps the order of the compose files: networks, volumes, services", () => {
    const create = (kind: "network" | "volume" | "container", name: string) => ({
      kind,
      name,
      operation: "create" as const,
      properties: [],
    });
    const said = lines({
      running: new Set(),
      changes: [
        create("container", "n8n"),
        create("container", "postgres"),
        create("volume", "n8n-data"),
        create("network", "internal"),
      ],
    });
    expect(said.map((line) => line.split(":")[0])).toEqual(["internal", "n8n-data", "postgres", "n8n"]);
  });
});
