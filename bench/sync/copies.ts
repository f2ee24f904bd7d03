import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { dropDatabase, incomingName } from "../../packages/data/src/index.ts";
import type { Pair } from "../../packages/data/test/support/pair.ts";
import { copyDatabase } from "../../packages/sync/src/copy/copy-database.ts";
import { planDatabases } from "../../packages/sync/src/plan/plan-databases.ts";
import { readPolicy } from "../../packages/sync/src/policy/read-policy.ts";
import { CopyFolder } from "../../packages/sync/src/state/copy-state.ts";
import { verifyDatabase } from "../../packages/sync/src/verify/verify-database.ts";
import { policy } from "./data.ts";

export const database = "shop";

/** One way to bring the database to the other server. */
export interface Rival {
  readonly name: string;
  /** @returns what it took for each of its parts, s. */
  run(pair: Pair): Promise<Record<string, number>>;
}

/** Ours, masked: plan, copy and comparison, as the verb does them. */
export function masked(parallel: number): Rival {
  return {
    name: `understudy, masked, ${parallel} streams`,
    run: async (pair) => {
      const root = mkdtempSync(join(tmpdir(), "understudy-bench-"));
      try {
        writeFileSync(join(root, "sanitize.yml"), policy);
        return await runMasked(pair, root, parallel);
      } finally {
        rmSync(root, { recursive: true, force: true });
      }
    },
  };
}

async function runMasked(pair: Pair, root: string, parallel: number): Promise<Record<string, number>> {
  const took: Record<string, number> = {};
  const timed = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
    const began = performance.now();
    const result = await work();
    took[name] = (performance.now() - began) / 1_000;
    return result;
  };
  await using opened = new AsyncDisposableStack();
  const request = {
    databases: [database],
    key: "ab".repeat(32),
    parallel,
    unmasked: false,
    sample: undefined,
    now: new Date().toISOString(),
  };
  const [planned] = await timed("plan", () => planDatabases(pair.production, readPolicy({ root }), request, opened));
  if (!planned) throw new Error("nothing was planned");
  const { plan, source } = planned;
  const folder = CopyFolder.begin({ root } as never, {
    ...{ id: "bench", from: "production", to: "staging", key: "", sample: undefined, masked: true, startedAt: "" },
    ...{ phase: "copying", databases: {}, volumes: [] },
  });
  const sequences = await timed("copy", () =>
    copyDatabase({
      ...pair,
      plan,
      source,
      folder,
      parallel,
      report: () => {},
    }),
  );
  await timed("compare", async () => {
    await using copy = await pair.staging.connect(incomingName(database));
    await using reader = await source.newReader();
    await verifyDatabase(reader, copy, plan.tables, sequences, () => {});
  });
  await using admin = await pair.staging.connect("postgres");
  await dropDatabase(admin, incomingName(database));
  return took;
}
