import { once } from "node:events";
import { connect as connectSocket, createServer, type Socket } from "node:net";
import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import { setTimeout as sleep } from "node:timers/promises";
import fc from "fast-check";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import {
  type Connection,
  type ConnectOptions,
  connect,
  copyAcross,
  copyIn,
  copyOut,
  PostgresError,
} from "../src/index.ts";
import { type Server, startServer } from "./support/server.ts";

const table = { schema: "public", name: "t" };
const twoMillion = "SELECT g, repeat('x', 90) FROM generate_series(1, 2000000) g";

describe("rows from one database to another", () => {
  let server: Server;
  let sessions: Connection[] = [];

  const open = async (database: string, over: Partial<ConnectOptions> = {}) => {
    const session = await connect({ ...server.options, bulk: true, ...over, database });
    sessions.push(session);
    return session;
  };
  /** What the server does for these databases besides answering this question. */
  const backends = async () => {
    await using session = await connect(server.options);
    const rows = await session.query("SELECT query FROM pg_stat_activity WHERE datname IN ('here', 'there')");
    return rows.map(({ query }) => query);
  };
  const count = async () => {
    await using session = await connect({ ...server.options, database: "there" });
    const [row] = await session.query("SELECT count(*) AS rows FROM t");
    return row?.rows;
  };
  const copy = async (select: string, options: { onBytes?: (bytes: number) => void; signal?: AbortSignal } = {}) => {
    const [here, there] = [await open("here"), await open("there")];
    return await copyAcross({ connection: here, select }, { connection: there, table, columns: ["i", "v"] }, options);
  };
  const failure = (work: Promise<unknown>): Promise<PostgresError> =>
    work.then(
      () => expect.fail("it went well"),
      (error) => error,
    );

  beforeAll(async () => {
    server = await startServer();
    await server.run("postgres", "CREATE DATABASE here", "CREATE DATABASE there");
    await server.run("there", "CREATE TABLE t (i int, v text)");
  });

  afterEach(async () => {
    await Promise.all(sessions.map((session) => session.close()));
    sessions = [];
    await expect.poll(backends).toEqual([]);
    await server.run("there", "TRUNCATE t");
  });

  afterAll(() => server[Symbol.asyncDispose]());

  it("go across unchanged, whatever is in them", async () => {
    await server.run("here", "CREATE TABLE nasty (i int, v text, b bytea, a text[])");
    await server.run("there", "CREATE TABLE nasty (i int, v text, b bytea, a text[])");
    const nasty = fc.oneof(
      fc.constantFrom(
        "",
        "\\",
        "\\.",
        "\\N",
        "\n\\.\n",
        "\t",
        "\r\n",
        "a\tb\\tc",
        "\b\f\v",
        "NULL",
        "\u2028",
        "👩‍👧",
        "\\x41",
      ),
      fc.string({ unit: "binary" }).map((value) => value.replaceAll("\0", "")),
      fc.string({ minLength: 70_000, maxLength: 150_000 }),
    );
    const row = fc.record({
      v: fc.option(nasty),
      b: fc.option(fc.uint8Array()),
      a: fc.option(fc.array(fc.option(nasty), { maxLength: 3 })),
    });
    const [here, there] = [await open("here"), await open("there")];
    await fc.assert(
      fc.asyncProperty(fc.constantFrom("text", "binary"), fc.array(row, { maxLength: 8 }), async (format, rows) => {
        await here.query("TRUNCATE public.nasty");
        await there.query("TRUNCATE public.nasty");
        for (const [i, { v, b, a }] of rows.entries()) {
          await here.query("INSERT INTO public.nasty VALUES ($1, $2, $3, $4)", [i, v, b && Buffer.from(b), a]);
        }
        const copied = await copyAcross(
          { connection: here, select: "SELECT * FROM public.nasty" },
          { connection: there, table: { schema: "public", name: "nasty" }, columns: ["i", "v", "b", "a"] },
          { format },
        );
        expect(copied.rows).toBe(rows.length);
        const all = "SELECT * FROM public.nasty ORDER BY i";
        expect(await there.query(all)).toEqual(await here.query(all));
      }),
      { numRuns: 20 },
    );
  });

  it("counts rows and bytes, and tells of the bytes as they go", async () => {
    let told = 0;
    const copied = await copy("SELECT g, 'é' FROM generate_series(1, 9) g", {
      onBytes: (bytes) => {
        told += bytes;
      },
    });
    expect(copied).toEqual({ rows: 9, bytes: 9 * "1\té\n".length + 9 });
    expect(told).toBe(copied.bytes);
    expect(await copy("SELECT 1, '' WHERE false")).toEqual({ rows: 0, bytes: 0 });
  });

  it("takes tables without columns", async () => {
    await server.run("there", "CREATE TABLE no_columns ()");
    const [here, there] = [await open("here"), await open("there")];
    const to = { connection: there, table: { schema: "public", name: "no_columns" }, columns: [] };
    expect(await copyAcross({ connection: here, select: "SELECT FROM generate_series(1, 3)" }, to)).toMatchObject({
      rows: 3,
    });
    expect(await there.query("SELECT count(*) AS rows FROM public.no_columns")).toEqual([{ rows: 3 }]);
  });

  it("leaves both sessions to go on with", async () => {
    const [here, there] = [await open("here"), await open("there")];
    for (const i of [1, 2, 3]) {
      await copyAcross(
        { connection: here, select: `SELECT ${i}, 'v'` },
        { connection: there, table, columns: ["i", "v"] },
      );
      expect(await here.query("SELECT 1 AS one")).toEqual([{ one: 1 }]);
      expect(await there.query("SELECT count(*) AS rows FROM public.t")).toEqual([{ rows: i }]);
    }
  });

  it("needs little memory for a value of 200 MB", async () => {
    await copy("SELECT 1, 'warm'");
    const before = process.memoryUsage().rss;
    let most = 0;
    const copied = await copy("SELECT 1, repeat(md5('x'), 6250000)", {
      onBytes: () => {
        most = Math.max(most, process.memoryUsage().rss);
      },
    });
    expect(copied).toEqual({ rows: 1, bytes: 200_000_003 });
    // Whoever gathers a value has it more than once; what is here is what the collector has not yet come to.
    expect((most - before) / 1e6).toBeLessThan(100);
  });

  it("waits for the slower side", async () => {
    await using blocker = await connect({ ...server.options, database: "there", timeout: 60_000 });
    await blocker.query("BEGIN");
    await blocker.query("LOCK TABLE t");
    let bytes = 0;
    const copying = copy(twoMillion, {
      onBytes: (more) => {
        bytes += more;
      },
    });
    await sleep(1_500);
    expect(bytes).toBeLessThan(2e6);
    await blocker.query("COMMIT");
    expect(await copying).toMatchObject({ rows: 2_000_000 });
    expect(bytes).toBeGreaterThan(180e6);
  });

  it("ends both sides when it is called off, and keeps no row", async () => {
    const reason = new Error("enough");
    const abort = new AbortController();
    let parts = 0;
    const copying = copy(twoMillion, {
      signal: abort.signal,
      onBytes: () => void (++parts === 20 && abort.abort(reason)),
    });
    expect(await failure(copying)).toBe(reason);
    await expect.poll(backends).toEqual([]);
    expect(await count()).toBe(0);
    expect(await failure(copy("SELECT 1, ''", { signal: abort.signal }))).toBe(reason);
  });

  it("ends a server that has nothing to say yet", async () => {
    expect(await failure(copy("SELECT 1, pg_sleep(600)::text", { signal: AbortSignal.timeout(500) }))).toMatchObject({
      name: "TimeoutError",
    });
    await expect.poll(backends).toEqual([]);
  });

  it("ends both sides when the source fails midway", async () => {
    const error = await failure(copy("SELECT 100 / (50000 - g), '' FROM generate_series(1, 100000) g"));
    expect(error).toBeInstanceOf(PostgresError);
    expect(error).toMatchObject({ message: "division by zero", code: "22012" });
    await expect.poll(backends).toEqual([]);
    expect(await count()).toBe(0);
  });

  it("ends both sides when the target fails midway, and says where", async () => {
    const error = await failure(
      copy("SELECT CASE g WHEN 70000 THEN 'x' ELSE g::text END, '' FROM generate_series(1, 900000) g"),
    );
    expect(error).toMatchObject({
      message: 'invalid input syntax for type integer: "x" (COPY t, line 70000, column i)',
      code: "22P02",
    });
    await expect.poll(backends).toEqual([]);
    expect(await count()).toBe(0);
  });

  it("says so when a server ends one side", async () => {
    for (const side of ["here", "there"]) {
      const end = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${side}' AND query LIKE 'COPY%'`;
      let parts = 0;
      const error = await failure(
        copy(twoMillion, { onBytes: () => void (++parts === 20 && server.run("postgres", end)) }),
      );
      // Its own words come only where it can still send.
      expect(error.message).toContain(`Postgres at ${server.options.host}:5432 closed the connection: `);
      await expect.poll(backends).toEqual([]);
      expect(await count()).toBe(0);
    }
  });

  it("says so when the target falls silent", async () => {
    const { port, freeze, close } = await startProxy(server.options);
    const there = await open("there", { host: "127.0.0.1", port });
    const to = { connection: there, table, columns: ["i", "v"] };
    let parts = 0;
    const copying = copyAcross({ connection: await open("here"), select: twoMillion }, to, {
      onBytes: () => void (++parts === 20 && freeze()),
    });
    expect((await failure(copying)).message).toBe(`Postgres at 127.0.0.1:${port} does not answer within 2000 ms`);
    close();
  });

  it("come as a stream of text, and go in as one", async () => {
    const there = await open("there");
    await pipeline(Readable.from(["1\ta", "\\tb\n2\t\\N\n", "3\t\n"]), copyIn(there, table, ["i", "v"]));
    const rows = copyOut(there, "SELECT i, v FROM public.t ORDER BY i");
    expect(await text(rows)).toBe("1\ta\\tb\n2\t\\N\n3\t\n");
    expect(rows.rows).toBe(3);
  });

  it("fails as a stream when the statement is wrong, and the session goes on", async () => {
    const there = await open("there");
    await expect(text(copyOut(there, "SELECT nothing"))).rejects.toThrow('column "nothing" does not exist');
    const wrong = copyIn(there, { schema: "public", name: "none" }, []);
    wrong.write("x\n");
    expect((await once(wrong, "error"))[0]).toMatchObject({
      message: 'relation "public.none" does not exist',
      code: "42P01",
    });
    expect(await there.query("SELECT 1 AS one")).toEqual([{ one: 1 }]);
  });
});

/** A way to a server that can stop to carry anything, without closing. */
async function startProxy({ host, port }: ConnectOptions) {
  const sockets: Socket[] = [];
  let frozen = false;
  const proxy = createServer((near) => {
    sockets.push(near);
    near.on("error", () => {});
    if (frozen) return;
    const far = connectSocket(port, host);
    sockets.push(far);
    far.on("error", () => {});
    near.pipe(far).pipe(near);
  }).listen(0, "127.0.0.1");
  await once(proxy, "listening");
  return {
    port: (proxy.address() as { port: number }).port,
    freeze: () => {
      frozen = true;
      for (const socket of sockets) socket.unpipe().pause();
    },
    close: () => {
      for (const socket of sockets) socket.destroy();
      proxy.close();
    },
  };
}
