import { describe, expect, it } from "vitest";
import { guardVolumes, type VolumeQuestion } from "./guard-volumes.ts";
import type { DeployPlan } from "./plan-deploy.ts";

const plan = (...items: { kind: string; name: string; action: string }[]) =>
  ({ items: items.map((item) => ({ because: [], ...item })) }) as unknown as DeployPlan;

const ask = (question: Partial<VolumeQuestion>) =>
  guardVolumes({ plan: plan(), recorded: [], existing: [], owned: [], accepted: [], resumed: false, ...question });

describe("guardVolumes", () => {
  it.each(["replace", "delete"])("refuses a plan that would %s data", (action) => {
    expect(() => ask({ plan: plan({ kind: "volume", name: "postgres-data", action }) })).toThrow(/postgres-data/);
  });

  it("asks about a volume that has gone missing, and goes on when the person accepts", () => {
    expect(() => ask({ recorded: ["s_pg", "s_n8n"], existing: ["s_n8n"] })).toThrow(
      expect.objectContaining({ next: expect.stringContaining("--accept-empty-volume s_pg") }),
    );
    expect(() => ask({ recorded: ["s_pg"], accepted: ["s_pg"] })).not.toThrow();
  });

  it("lets a first deploy make its volumes, also after it was cut off between two", () => {
    expect(() => ask({ owned: ["s_pg", "s_n8n"] })).not.toThrow();
    expect(() => ask({ owned: ["s_pg", "s_n8n"], existing: ["s_pg"], resumed: true })).not.toThrow();
  });

  it("asks where nothing was recorded here, but the other volumes are there", () => {
    expect(() => ask({ owned: ["s_pg", "s_n8n"], existing: ["s_pg"] })).toThrow(/s_n8n/);
  });

  it("lets a new volume of the compose files be made", () => {
    expect(() => ask({ recorded: ["s_pg"], owned: ["s_pg", "s_new"], existing: ["s_pg"] })).not.toThrow();
  });
});
