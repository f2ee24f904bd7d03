import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ownPolicy } from "./copy-policy.ts";
import { fillProduction } from "./fill-production.ts";
import { found, scanEnvironment, scanInstallation } from "./independent-scan.ts";
import { Garden } from "./planted.ts";
import { footprint } from "./production-footprint.ts";
import { Stage } from "./stage.ts";
import { stagingSuite } from "./staging-suite.ts";

export interface Size {
  readonly customers: number;
  /** Personal values in each of more than fifty places. */
  readonly each: number;
}

interface Report {
  verified: boolean;
  swapped: boolean;
  leaks: number;
  databases: { name: string; tables: number; rows: number; masked: number }[];
  neo4j: { nodes: number; relationships: number };
  volumes: { name: string; files: number; excluded: number }[];
  peakMemoryBytes: number;
}

const offsets = { staging: 21_000, production: 22_000 };

/** One copy of whole stacks, from nothing to its proof: what `sync:production` promises. */
export function productionSuite({ customers, each }: Size): void {
  describe(`a copy of a production with ${customers} customers`, () => {
    const garden = new Garden(each);
    let stage: Stage;
    let before: string;

    beforeAll(async () => {
      stage = await Stage.open(offsets);
      await stage.deploy();
      await fillProduction(stage, garden, customers);
      before = await footprint(stage);
    }, 1_800_000);
    afterAll(async () => stage?.[Symbol.asyncDispose]());

    it("the search of this test finds everything that was planted, in production", async () => {
      const seen = new Set(Object.values(await scanEnvironment(stage, "production", garden.planted)).flat());
      expect(garden.planted.filter((planted) => !seen.has(planted))).toEqual([]);
      expect(garden.planted.length).toBeGreaterThanOrEqual(50 * each);
    });

    it("the policy is proposed for what nobody decided, and accepted", async () => {
      stage.installation.write("sanitize.yml", ownPolicy);
      const refused = await stage.installation.run("sync:production", "--plan");
      expect(refused).toMatchObject({ exitCode: 1, stderr: expect.stringMatching(/crm\.orders.*pnpm sync:policy/s) });
      const accepted = await stage.installation.run("sync:policy", "--accept");
      expect(accepted.stderr + accepted.stdout).toContain("crm.orders");
      expect(stage.installation.read("sanitize.yml")).toContain("crm.orders");
    });

    it("says the plan of everything, and changes nothing", async () => {
      const staging = () => stage.sql("staging", "postgres", "SELECT datname, oid FROM pg_database ORDER BY 1");
      const there = await staging();
      const plan = await stage.installation.json<{ databases: { name: string }[]; volumes: string[] }>(
        "sync:production",
        "--plan",
      );
      expect(plan.databases.map(({ name }) => name)).toEqual(["app", "letta", "n8n", "openwebui"]);
      expect(await staging()).toBe(there);
    });

    it("copies, proves and swaps", async () => {
      const report = await stage.installation.json<Report>("sync:production", "--env", "laptop", "--yes");
      expect(report).toMatchObject({ verified: true, swapped: true, leaks: 0 });
      expect(report.databases.map(({ name }) => name)).toEqual(["app", "letta", "n8n", "openwebui"]);
      const app = report.databases.find(({ name }) => name === "app");
      expect(app?.rows).toBeGreaterThan(customers * 4);
      expect(app?.masked).toBeGreaterThan(20);
      expect(report.neo4j).toEqual({ nodes: customers + 1, relationships: 2 * each });
      const files = report.volumes.find(({ name }) => name === "n8n-data");
      expect([files?.files, files?.excluded].every((count = 0) => count > 0)).toBe(true);
      // Far less than what was copied: nothing is held whole.
      expect(report.peakMemoryBytes).toBeLessThan(300_000_000);
    }, 3_600_000);

    it("leaves no trace of what was planted in staging: databases, graph, files, logs", async () => {
      expect(found(await scanEnvironment(stage, "staging", garden.planted))).toEqual({});
    }, 1_800_000);

    it("leaves no trace of it on the operator's machine", async () => {
      expect(found(await scanInstallation(stage, garden.planted))).toEqual({});
    });

    it("leaves production as it was", async () => {
      expect(await footprint(stage)).toBe(before);
    });

    stagingSuite(() => stage);
  });
}
