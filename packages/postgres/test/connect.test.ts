import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { UserError } from "@understudy/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ConnectOptions, connect } from "../src/index.ts";
import { type Server, startServer } from "./support/server.ts";

describe("a connection to Postgres", () => {
  let server: Server;
  let options: ConnectOptions;

  const failure = (over: Partial<ConnectOptions>) =>
    connect({ ...options, ...over }).then(
      async (session) => {
        await session.close();
        return "connected";
      },
      (error: UserError) => {
        expect(error).toBeInstanceOf(UserError);
        return error.message;
      },
    );

  beforeAll(async () => {
    server = await startServer("max_connections=6");
    options = server.options;
  });

  afterAll(() => server[Symbol.asyncDispose]());

  it("answers a query, with big whole numbers as numbers where they fit", async () => {
    await using session = await connect(options);
    const rows = await session.query("SELECT $1::text AS said, 5::bigint AS small, 9007199254740993 AS large", [
      "hello",
    ]);
    expect(rows).toEqual([{ said: "hello", small: 5, large: "9007199254740993" }]);
    expect(await session.query("SELECT current_setting('application_name') AS name")).toEqual([{ name: "understudy" }]);
  });

  it("writes nothing when it is read-only", async () => {
    await using session = await connect({ ...options, readOnly: true });
    await expect(session.query("CREATE TABLE t (i int)")).rejects.toThrow(/read-only transaction/);
  });

  it("ends a statement that takes too long, and goes on", async () => {
    await using session = await connect({ ...options, timeout: 300 });
    await expect(session.query("SELECT pg_sleep(5)")).rejects.toThrow("the statement took longer than 300 ms");
    expect(await session.query("SELECT 1 AS one")).toEqual([{ one: 1 }]);
  });

  it("says which password is wrong, and does not say it", async () => {
    const said = await failure({ password: "wrong-password" });
    expect(said).toBe('the password of Postgres user "postgres" is wrong');
  });

  it("says that a database is missing", async () => {
    expect(await failure({ database: "nope" })).toBe('Postgres has no database "nope"');
  });

  it("says that nothing listens, and that a name has no address", async () => {
    expect(await failure({ port: 5433 })).toBe(`Postgres at ${options.host}:5433 refuses connections`);
    expect(await failure({ host: "nowhere.invalid" })).toBe('there is no address for "nowhere.invalid" in DNS');
  });

  it("says that there are too many connections", async () => {
    const sessions = await Promise.all(Array.from({ length: 6 }, () => connect(options)));
    expect(await failure({})).toMatch(/^Postgres has too many connections: /);
    await Promise.all(sessions.map((session) => session.close()));
    await expect.poll(() => failure({})).toBe("connected");
  });

  it("does not wait for a server that says nothing", async () => {
    const silent = createServer(() => {}).listen(0, "127.0.0.1");
    await sleep(50);
    const { port } = silent.address() as { port: number };
    const said = await failure({ host: "127.0.0.1", port, timeout: 200 });
    expect(said).toBe(`Postgres at 127.0.0.1:${port} does not answer within 200 ms`);
    silent.close();
  });

  it("says so when the server freezes under a session, and closes at once", async () => {
    const session = await connect({ ...options, timeout: 300 });
    await server.engine.docker.getContainer(server.container).pause();
    try {
      await expect(session.query("SELECT 1")).rejects.toThrow("does not answer within 300 ms");
      const began = performance.now();
      await session.close();
      expect(performance.now() - began).toBeLessThan(500);
    } finally {
      await server.engine.docker.getContainer(server.container).unpause();
    }
  });
});
