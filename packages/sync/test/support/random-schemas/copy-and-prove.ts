import { UserError } from "@understudy/core";
import { incomingName } from "@understudy/data";
import { expect } from "vitest";
import { execute, type Pair } from "../../../../data/test/support/pair.ts";
import { copyDatabase } from "../../../src/copy/copy-database.ts";
import { planDatabases } from "../../../src/plan/plan-databases.ts";
import { CopyFolder } from "../../../src/state/copy-state.ts";
import { LeakSearch } from "../../../src/verify/leak-search.ts";
import { verifyDatabase } from "../../../src/verify/verify-database.ts";
import { policyOfTables } from "../policy-of-tables.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { assertCopy } from "./assert-copy.ts";
import type { Model } from "./model.ts";
import { policyOf, statementsOf } from "./statements.ts";

const database = "app";
const key = "11".repeat(32);
const otherKey = "22".repeat(32);

/**
 * Copy a random database as `sync:production` does, and look at what came of it. @returns why it was refused, in words; undefined: it was copied.
 * @throws what fails otherwise, with the statements and the policy that it takes.
 */
export async function copyAndProve(model: Model, pair: Pair): Promise<string | undefined> {
  try {
    return await prove(model, pair);
  } catch (error) {
    const all = [...statementsOf(model).map((sql) => `${sql};`), JSON.stringify(policyOf(model))];
    throw new Error(`${(error as Error).message}\n\n${all.join("\n")}`, { cause: error });
  }
}

async function prove(model: Model, pair: Pair): Promise<string | undefined> {
  await fill(model, pair);
  const policy = policyOfTables(database, policyOf(model));
  await using opened = new AsyncDisposableStack();
  const planned = (by: string) =>
    planDatabases(
      pair.production,
      policy,
      {
        databases: [database],
        key: by,
        parallel: 2,
        unmasked: false,
        sample: model.sample,
        now: "2026-01-01T00:00:00Z",
      },
      opened,
    );
  const databasePlans = await planned(key).catch((error) => {
    if (error instanceof UserError) return error;
    throw error;
  });
  if (databasePlans instanceof UserError) return databasePlans.message;
  const [first] = databasePlans;
  if (!first) throw new Error("nothing was planned");
  using root = temporaryFolder();
  const folder = CopyFolder.begin({ root: root.path } as never, {
    ...{ id: "1", from: "production", to: "staging", key: "k", sample: undefined, masked: true, startedAt: "" },
    ...{ phase: "copying", databases: {}, volumes: [] },
  });
  const load = () => copyDatabase({ ...pair, ...first, folder, parallel: 2, report: () => {} });
  await load();
  // As if it had been cut off at its end: rows stay, indexes and constraints are made again.
  const sequences = await load();
  await using reader = await first.source.newReader();
  await using copy = await pair.staging.connect(incomingName(database));
  await verifyDatabase(reader, copy, first.plan.tables, sequences, () => {});
  const plan = { databases: databasePlans, graph: undefined, policy };
  await using leaks = new LeakSearch(plan, { staging: pair.staging, parallel: 2, own: [] });
  await leaks.collect(() => {});
  expect(await leaks.search(() => {})).toMatch(/^0 in /);
  await assertCopy(model, { first, again: await planned(key), other: await planned(otherKey), reader, copy });
  return undefined;
}

async function fill(model: Model, { production, staging }: Pair): Promise<void> {
  await execute(
    production,
    "postgres",
    `DROP DATABASE IF EXISTS ${database} WITH (FORCE)`,
    `CREATE DATABASE ${database}`,
  );
  await execute(staging, "postgres", `DROP DATABASE IF EXISTS ${incomingName(database)} WITH (FORCE)`);
  await execute(production, database, ...statementsOf(model), "ANALYZE");
}
