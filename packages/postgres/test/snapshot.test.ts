import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { connect, copyOut, openSnapshot, quietSession } from "../src/index.ts";
import { type Server, startServer } from "./support/server.ts";

describe("a moment of a database", () => {
  let server: Server;

  const backends = async () => {
    await using session = await connect(server.options);
    return await session.query("SELECT state, query FROM pg_stat_activity WHERE datname = 'shop'");
  };

  beforeAll(async () => {
    server = await startServer("log_statement=all", "log_min_duration_statement=0", "log_parameter_max_length=-1");
    await server.run(
      "postgres",
      "CREATE DATABASE shop",
      "ALTER DATABASE shop SET idle_in_transaction_session_timeout = '300ms'",
    );
    await server.run("shop", "CREATE TABLE t AS SELECT 1 AS i");
  });

  afterAll(() => server[Symbol.asyncDispose]());

  it("is seen alike by all its sessions, whatever comes after, and leaves nothing", async () => {
    {
      await using snapshot = await openSnapshot({ ...server.options, database: "shop" });
      await server.run("shop", "INSERT INTO t VALUES (2)");
      const readers = [await snapshot.newReader(), await snapshot.newReader(), snapshot.session];
      await server.run("shop", "SELECT pg_sleep(0.6)", "INSERT INTO t VALUES (3)");
      for (const reader of readers) {
        expect(await reader.query("SELECT i FROM public.t")).toEqual([{ i: 1 }]);
        expect(await text(copyOut(reader, "SELECT i FROM public.t"))).toBe("1\n");
      }
      await expect(readers[0]?.query("DELETE FROM public.t")).rejects.toThrow(/read-only transaction/);
      expect(snapshot.id).toMatch(/^[\dA-F-]+$/);
      expect(await backends()).toHaveLength(3);
    }
    await expect.poll(backends).toEqual([]);
  });

  it("says that it is lost when its session is, and to those that read on says nothing", async () => {
    await using snapshot = await openSnapshot({ ...server.options, database: "shop" });
    const reader = await snapshot.newReader();
    const [holder] = await snapshot.session.query("SELECT pg_backend_pid() AS pid");
    await server.run("postgres", `SELECT pg_terminate_backend(${holder?.pid}, 5000)`);
    await expect(snapshot.newReader()).rejects.toThrow(
      /^the session that held the moment of database "shop" is gone: .* terminating connection due to administrator command$/,
    );
    expect(await reader.query("SELECT count(*) > 0 AS reads FROM public.t")).toEqual([{ reads: true }]);
  });

  it("keeps what its sessions are given out of the server's log", async () => {
    const key = "the-masking-key";
    await using usual = await connect(server.options);
    await usual.query("SELECT $1::text", ["what is usually logged"]);
    await using snapshot = await openSnapshot({ ...server.options, database: "shop" });
    const reader = await snapshot.newReader();
    await reader.query("SELECT set_config('understudy.key', $1, false)", [key]);
    expect(await reader.query("SELECT current_setting('understudy.key') AS key")).toEqual([{ key }]);
    await expect(reader.query("SELECT 1 / length($1::text) / 0", [key])).rejects.toThrow("division by zero");
    await expect.poll(() => server.log()).toContain("division by zero");
    expect(await server.log()).toContain("what is usually logged");
    expect(await server.log()).not.toContain(key);
  });

  it("keeps them out of it for a role that is no superuser too, or refuses", async () => {
    const secret = "another-masking-key";
    await server.run("postgres", "CREATE ROLE plain LOGIN PASSWORD 'plain'");
    const options = { ...server.options, user: "plain", password: "plain", database: "shop" };
    const refusal = { message: expect.stringContaining("log_statement is all, and this role cannot change it") };
    await expect(openSnapshot(options)).rejects.toMatchObject(refusal);
    await server.run("postgres", "GRANT SET ON PARAMETER log_parameter_max_length TO plain");
    await using session = await connect(options);
    await quietSession(session);
    await session.query("SELECT length($1::text)", [secret]);
    expect(await server.log()).not.toContain(secret);
  });
});
