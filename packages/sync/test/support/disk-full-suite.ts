import { exec } from "@understudy/core";
import { readCatalog } from "@understudy/postgres";
import { expect, it } from "vitest";
import { execute, startPair } from "../../../data/test/support/pair.ts";
import { copyDatabase } from "../../src/copy/copy-database.ts";
import { openSource } from "../../src/copy/source.ts";
import { databasePlan } from "../../src/plan/database-plan.ts";
import { keepEverything } from "../../src/plan/keep-everything.ts";
import { CopyFolder } from "../../src/state/copy-state.ts";
import { differences } from "../../src/verify/digest.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const megabyte = 1_048_576;
/** Its files are there from the start: a server that cannot write its log gives up altogether. */
const smallLog = ["-c", "fsync=off", "-c", "min_wal_size=96MB", "-c", "max_wal_size=96MB"];
const ballast = "/var/lib/postgresql/data/ballast";

/** Staging's disk fills while rows come in, and is freed afterwards. */
export function diskFullSuite(): void {
  it("a full disk of staging ends the copy, staging serves on, and the copy goes on once there is room", async () => {
    await using pair = await startPair({ stagingSize: 400 * megabyte, flags: smallLog });
    using root = temporaryFolder();
    await execute(pair.staging, "postgres", "CREATE DATABASE app");
    await execute(pair.staging, "app", "CREATE TABLE old (id int)", "INSERT INTO old VALUES (42)");
    const log =
      "SELECT count(pg_logical_emit_message(false, 'test', repeat('x', 1000000))) FROM generate_series(1, 120)";
    await execute(pair.staging, "app", log, "CHECKPOINT");
    await execute(pair.production, "postgres", "CREATE DATABASE app");
    const rows = (count: number) =>
      `AS SELECT i, repeat(md5(i::text), 10) AS text FROM generate_series(1, ${count}) AS i`;
    await execute(
      pair.production,
      "app",
      `CREATE TABLE large ${rows(300_000)}`,
      `CREATE TABLE small ${rows(10)}`,
      "ANALYZE",
    );
    const inside = (...command: string[]) => exec(pair.engine, pair.containers.staging, command);
    const folder = CopyFolder.begin({ root: root.path } as never, {
      ...{ id: "1", from: "production", to: "staging", key: "k", sample: undefined, masked: false, startedAt: "" },
      ...{ phase: "copying", databases: {}, volumes: [] },
    });
    const copy = async () => {
      await using source = await openSource(pair.production, "app", "00".repeat(32));
      const catalog = await readCatalog(source.session);
      const plan = databasePlan(catalog, keepEverything(catalog), { parallel: 1, largeObjects: false, notes: [] });
      await copyDatabase({ ...pair, plan, source, folder, parallel: 1, report: () => {} });
      await using from = await source.newReader();
      await using to = await pair.staging.connect("app_incoming");
      return await differences(from, to, plan.tables, "all");
    };

    await inside("fallocate", "-l", String(200 * megabyte), ballast);
    await expect(copy()).rejects.toThrow(/disk is full.*No space left on device.*COPY large/);
    await using live = await pair.staging.connect("app");
    expect(await live.query("SELECT id FROM public.old")).toEqual([{ id: 42 }]);
    await inside("rm", ballast);
    expect(await copy()).toEqual([]);
  });
}
