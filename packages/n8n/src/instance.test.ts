import type { ContainerInspectInfo } from "@understudy/core";
import { describe, expect, it } from "vitest";
import { instanceOf } from "./instance.ts";

const container = (Env: string[], Labels: Record<string, string>, Image = "sha256:abc") =>
  ({ Config: { Env, Labels, Image } }) as Pick<ContainerInspectInfo, "Config">;
const labelled = { "org.opencontainers.image.version": "2.41.1" };

describe("what an n8n is", () => {
  it("is read from its container, with n8n's own defaults", () => {
    expect(instanceOf(container(["GENERIC_TIMEZONE=Europe/Berlin", "EXECUTIONS_DATA_MAX_AGE=72"], labelled))).toEqual({
      version: "2.41.1",
      timezone: "Europe/Berlin",
      keepsSuccesses: true,
      keepsFor: 72 * 3_600_000,
      keepsAtMost: 10_000,
    });
    expect(instanceOf(container([], {}, "registry.local:5000/n8nio/n8n:2.0.3")).version).toBe("2.0.3");
  });

  it("may keep executions for ever, or no successes", () => {
    const keeping = instanceOf(
      container(["EXECUTIONS_DATA_PRUNE=false", "EXECUTIONS_DATA_SAVE_ON_SUCCESS=none"], labelled),
    );
    expect(keeping).toMatchObject({ keepsFor: Infinity, keepsAtMost: Infinity, keepsSuccesses: false });
  });

  it.each([
    ["1.123.4", { "org.opencontainers.image.version": "1.123.4" }],
    ["unknown", {}],
  ])("is refused when its version is not known here: %s", (version, labels) => {
    expect(() => instanceOf(container([], labels))).toThrow(`n8n ${version} is not known here, only 2.x`);
  });
});
