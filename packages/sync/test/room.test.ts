import { exec } from "@understudy/core";
import { RoomGuard, refuseWithoutRoom, type Side } from "@understudy/data";
import { readCatalog } from "@understudy/postgres";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { execute, type Pair, startPair } from "../../data/test/support/pair.ts";
import { copyDatabase } from "../src/copy/copy-database.ts";
import { openSource } from "../src/copy/source.ts";
import { guest } from "../src/make-copy.ts";
import { databasePlan } from "../src/plan/database-plan.ts";
import { keepEverything } from "../src/plan/keep-everything.ts";
import { CopyFolder } from "../src/state/copy-state.ts";
import { temporaryFolder } from "./support/temporary-folder.ts";

const megabyte = 1_048_576;
const stackName = `understudy-room-${process.pid}-staging`;
const ballast = "/var/lib/postgresql/data/ballast";

describe("staging's disk", () => {
  let pair: Pair;
  let staging: Side;

  beforeAll(async () => {
    pair = await startPair({ stagingSize: 900 * megabyte, stagingStack: stackName });
    staging = {
      engine: pair.engine,
      server: pair.staging,
      stack: { environment: { name: "staging", stackName } },
    } as Side;
    await execute(pair.production, "postgres", "CREATE DATABASE app");
    await execute(pair.production, "app", "CREATE TABLE slow AS SELECT generate_series(1, 3000) AS i", "ANALYZE");
  });
  afterAll(async () => pair?.[Symbol.asyncDispose]());

  const inside = async (...command: string[]) =>
    expect(await exec(pair.engine, pair.containers.staging, command)).toMatchObject({ exitCode: 0 });
  /** Of a table whose rows take 30 s, unless it is ended. */
  const copy = async (signal: AbortSignal) => {
    using root = temporaryFolder();
    await using source = await openSource(pair.production, "app", "00".repeat(32));
    const catalog = await readCatalog(source.session);
    const tables = keepEverything(catalog).map((plan) => ({ ...plan, where: "pg_sleep(0.01) IS NOT NULL" }));
    const plan = databasePlan(catalog, tables, { parallel: 1, largeObjects: false, notes: [] });
    const folder = CopyFolder.begin({ root: root.path } as never, {
      ...{ id: "1", from: "production", to: "staging", key: "k", sample: undefined, masked: false, startedAt: "" },
      ...{ phase: "copying", databases: {}, volumes: [] },
    });
    return await copyDatabase({ ...pair, plan, source, folder, parallel: 1, signal, report: () => {} });
  };

  it("with room lets a copy begin; without, refuses it", async () => {
    await refuseWithoutRoom(staging, { rows: 10 * megabyte, files: 0 }, guest);
    await expect(refuseWithoutRoom(staging, { rows: 100 * megabyte, files: 250 * megabyte }, guest)).rejects.toThrow(
      /^There is no room for a copy beside staging's data: about 1\.1 GB are needed, \d{3} MB are free$/,
    );
  });

  it("that fills while rows come in ends the copy, before it is full", async () => {
    using guard = new RoomGuard(staging, guest);
    const began = Date.now();
    const copying = copy(guard.signal);
    const ended = expect(copying).rejects.toThrow(
      /^The disk of staging is nearly full: [45]\d\d MB are left, so the copy was ended$/,
    );
    // Looked at once while there was room.
    await new Promise((resolve) => setTimeout(resolve, 4_000));
    expect(guard.signal.aborted).toBe(false);
    await inside("fallocate", "-l", String(400 * megabyte), ballast);
    await ended;
    expect(Date.now() - began).toBeLessThan(25_000);
    await inside("rm", ballast);
  });

  it("that fills ends whatever else is loaded, by what ends that", async () => {
    using guard = new RoomGuard(staging, guest);
    const loading = Promise.withResolvers<never>();
    const watched = guard.watch(
      () => loading.promise,
      async () => loading.reject(new Error("cut off")),
    );
    const ended = expect(watched).rejects.toThrow(/^The disk of staging is nearly full/);
    await inside("fallocate", "-l", String(400 * megabyte), ballast);
    await ended;
    await inside("rm", ballast);
  });

  it("is not looked at any more once the copy is over", async () => {
    const guard = new RoomGuard(staging, guest);
    guard[Symbol.dispose]();
    await inside("fallocate", "-l", String(400 * megabyte), ballast);
    await new Promise((resolve) => setTimeout(resolve, 4_000));
    expect(guard.signal.aborted).toBe(false);
    await inside("rm", ballast);
  });
});
