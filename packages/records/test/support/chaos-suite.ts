import fc from "fast-check";
import { afterAll, beforeAll, describe, it } from "vitest";
import { PostgresStore } from "../../src/index.ts";
import { plans } from "../../src/testing/plan.ts";
import { runPlan } from "../../src/testing/run-plan.ts";
import { createNotes, type OpenStore, openSqlite } from "../../src/testing/world.ts";
import { type Databases, startDatabases } from "./server-database.ts";

/** Worlds with a real server. CHAOS_FIRST=4711 CHAOS_SEEDS=1 repeats one. @param usual so many, unless CHAOS_SEEDS says otherwise */
export function chaosSuite(usual: number): void {
  const seeds = Number(process.env.CHAOS_SEEDS ?? usual);
  const first = Number(process.env.CHAOS_FIRST ?? 1);

  describe("a server on Postgres, and nodes on SQLite or on Postgres", () => {
    let databases: Databases;
    beforeAll(async () => {
      databases = await startDatabases();
    });
    afterAll(() => databases[Symbol.asyncDispose]());

    const openPostgres: OpenStore = async () => PostgresStore.open(await databases.make(createNotes("postgres")), 2);
    let nodes = 0;
    const openEither: OpenStore = () => (nodes++ % 2 ? openPostgres() : openSqlite());

    it(`are equal in the end, whatever happened: seeds ${first} to ${first + seeds - 1}`, {
      timeout: 3_600_000,
    }, async () => {
      for (let seed = first; seed < first + seeds; seed++) {
        // A database for every other node takes its time: every fourth world has such.
        const openNode = seed % 4 ? openSqlite : openEither;
        await fc.assert(
          fc.asyncProperty(plans, (plan) => runPlan(plan, {}, openPostgres, openNode)),
          { seed, numRuns: 1, interruptAfterTimeLimit: 300_000 },
        );
      }
    });
  });
}
