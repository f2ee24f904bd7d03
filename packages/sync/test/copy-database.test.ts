import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readCatalog, readStructure, structureProblems } from "@understudy/postgres";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { execute, type Pair, startPair } from "../../data/test/support/pair.ts";
import { copyDatabase } from "../src/copy/copy-database.ts";
import { openSource } from "../src/copy/source.ts";
import { databasePlan } from "../src/plan/database-plan.ts";
import { keepEverything } from "../src/plan/keep-everything.ts";
import { CopyFolder } from "../src/state/copy-state.ts";
import { differences } from "../src/verify/digest.ts";
import { fillWithEverything, widest } from "./support/everything.ts";

const key = "00".repeat(32);

describe("a database with everything that real ones hold", () => {
  let pair: Pair;
  let root: string;

  beforeAll(async () => {
    pair = await startPair();
    root = mkdtempSync(join(tmpdir(), "understudy-copy-"));
  });
  afterAll(async () => {
    await pair?.[Symbol.asyncDispose]();
    rmSync(root, { recursive: true, force: true });
  });

  const copy = async (database: string, folder: CopyFolder) => {
    await using source = await openSource(pair.production, database, key);
    const catalog = await readCatalog(source.session);
    const plan = databasePlan(catalog, keepEverything(catalog), { parallel: 2, largeObjects: true, notes: [] });
    await copyDatabase({
      ...pair,
      plan,
      source,
      folder,
      parallel: 2,
      report: () => {},
    });
    return { plan, rows: folder.state.databases[database]?.done };
  };
  const begin = (id: string) =>
    CopyFolder.begin({ root } as never, {
      ...{ id, from: "production", to: "staging", key: "k", sample: undefined, masked: false, startedAt: "" },
      ...{ phase: "copying", databases: {}, volumes: [] },
    });

  it("arrives whole: rows, schema, sequences, large objects, views", async () => {
    await fillWithEverything(pair.production, "everything");
    await execute(pair.production, "everything", widest(), "INSERT INTO widest DEFAULT VALUES");
    const { plan, rows } = await copy("everything", begin("1"));
    await using from = await pair.production.connect("everything");
    await using to = await pair.staging.connect("everything_incoming");
    expect(await differences(from, to, plan.tables, "all")).toEqual([]);
    expect(structureProblems(await readStructure(from), await readStructure(to))).toEqual([]);
    expect(rows?.["public.kinds"]).toBe(501);
    expect(rows?.["public.no_columns"]).toBe(2);
    for (const session of [from, to]) await session.query("SET search_path = public");
    const same = async (sql: string) => expect(await to.query(sql)).toEqual(await from.query(sql));
    await same("SELECT * FROM per_region ORDER BY 1");
    await same("SELECT * FROM of_view");
    await same("SELECT md5(lo_get(4711)) AS sum");
    await same("SELECT last_value, is_called FROM tickets");
    await same("SELECT last_value, is_called FROM never_asked");
    await same("SELECT count(*) FROM logged");
    await same("SELECT evtname, evtenabled FROM pg_event_trigger");
    await same("SELECT relname, relpersistence FROM pg_class WHERE relname = 'scratch'");
    await same("SELECT col_description('kinds'::regclass, 3)");
    await same("SELECT has_column_privilege('analyst of everything', 'secrets', 'owner', 'SELECT') AS may");
    await same("SELECT polname, polroles::regrole[]::text FROM pg_policy");
    await same("SELECT tableoid::regclass::text, count(*) FROM events GROUP BY 1 ORDER BY 1");
    await to.query("INSERT INTO kinds (word) VALUES ('goes on')");
    await same("SELECT pg_get_viewdef('glad'::regclass)");
  });

  it("leaves nothing in production", async () => {
    await using session = await pair.production.connect("everything");
    const [left] = await session.query(`SELECT
      (SELECT count(*)::int FROM pg_stat_activity WHERE application_name = 'understudy' AND pid <> pg_backend_pid()) AS sessions,
      (SELECT count(*)::int FROM pg_prepared_xacts) AS prepared,
      (SELECT count(*)::int FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace WHERE nspname LIKE 'pg_temp%') AS temporary`);
    expect(left).toEqual({ sessions: 0, prepared: 0, temporary: 0 });
  });
});
