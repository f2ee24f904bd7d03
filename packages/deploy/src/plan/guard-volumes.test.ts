import { describe, expect, it } from "vitest";
import { guardVolumes } from "./guard-volumes.ts";
import type { DeployPlan } from "./plan-deploy.ts";

const plan = (...items: { kind: string; name: string; action: string }[]) =>
  ({ items: items.map((item) => ({ because: [], ...item })) }) as unknown as DeployPlan;

describe("guardVolumes", () => {
  it.each(["replace", "delete"])("refuses a plan that would %s data", (action) => {
    expect(() => guardVolumes(plan({ kind: "volume", name: "postgres-data", action }), [], [], [])).toThrow(
      /postgres-data/,
    );
  });

  it("asks about a volume that has gone missing, and goes on when the person accepts", () => {
    expect(() => guardVolumes(plan(), ["s_pg", "s_n8n"], ["s_n8n"], [])).toThrow(
      expect.objectContaining({ next: expect.stringContaining("--accept-empty-volume s_pg") }),
    );
    expect(() => guardVolumes(plan(), ["s_pg"], [], ["s_pg"])).not.toThrow();
  });

  it("lets a first deploy make its volumes", () => {
    expect(() =>
      guardVolumes(plan({ kind: "volume", name: "postgres-data", action: "create" }), [], [], []),
    ).not.toThrow();
  });
});
