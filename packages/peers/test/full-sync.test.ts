import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { type Machines, type Pair, startMachines, type TestServer } from "./support/two-servers.ts";

const schema = [
  "CREATE TYPE mood AS ENUM ('fine', 'sad')",
  `CREATE TABLE people (id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL, email text UNIQUE, mood mood,
     amount numeric(12,4), doc jsonb, raw json, bin bytea, at timestamptz, tags text[], shout text GENERATED ALWAYS AS (upper(name)) STORED)`,
  "CREATE TABLE orders (id serial PRIMARY KEY, person integer REFERENCES people, words text)",
  "CREATE TABLE lines (order_id integer REFERENCES orders, place integer, words text, PRIMARY KEY (order_id, place))",
  "CREATE TABLE notes (words text, n integer)",
  "CREATE TABLE chicken (id integer PRIMARY KEY, egg integer)",
  "CREATE TABLE egg (id integer PRIMARY KEY, chicken integer REFERENCES chicken)",
  "ALTER TABLE chicken ADD FOREIGN KEY (egg) REFERENCES egg",
  "CREATE TABLE parts (id integer, at date, words text, PRIMARY KEY (id, at)) PARTITION BY RANGE (at)",
  "CREATE TABLE parts_old PARTITION OF parts FOR VALUES FROM (MINVALUE) TO ('2026-01-01')",
  "CREATE TABLE parts_new PARTITION OF parts FOR VALUES FROM ('2026-01-01') TO (MAXVALUE)",
];

const rows = [
  `INSERT INTO people (name, email, mood, amount, doc, raw, bin, at, tags)
     SELECT E'person\\t' || i || E'\\n☃', 'p' || i || '@example.org', (ARRAY['fine', 'sad', NULL])[1 + i % 3]::mood, i / 7.0,
       jsonb_build_object('n', i), '{"b":  1.0}', decode(lpad(to_hex(i), 8, '0'), 'hex'), timestamptz '2026-01-01' + i * interval '1 s', ARRAY['a', NULL, 'ä']
     FROM generate_series(1, 2000) i`,
  "INSERT INTO orders (person, words) SELECT 1 + i % 2000, 'order ' || i FROM generate_series(1, 3000) i",
  "INSERT INTO lines SELECT 1 + i / 2, i % 2, repeat('line ', 5) FROM generate_series(0, 5000) i",
  "INSERT INTO notes SELECT 'note', i % 5 FROM generate_series(1, 20) i",
  "INSERT INTO chicken SELECT i, NULL FROM generate_series(1, 10) i",
  "INSERT INTO egg SELECT i, i FROM generate_series(1, 10) i",
  "UPDATE chicken SET egg = id",
  "INSERT INTO parts SELECT i, date '2025-12-01' + i, 'part' FROM generate_series(1, 60) i",
];

const tables = ["people", "orders", "lines", "notes", "chicken", "egg", "parts"];

let machines: Machines;
let pair: Pair;
beforeAll(async () => {
  machines = await startMachines();
  pair = await machines.pair({ byVerbs: true });
});
afterAll(async () => {
  await pair?.[Symbol.asyncDispose]();
  await machines?.[Symbol.asyncDispose]();
});
beforeEach(async () => {
  for (const one of [pair.a, pair.b]) await one.run("DROP SCHEMA public CASCADE", "CREATE SCHEMA public");
});

/** An agent reads its settings when it starts. */
async function restart(server: TestServer, settings: readonly string[]): Promise<void> {
  server.set(settings);
  await server.kill("SIGTERM");
  await server.start();
}

async function same(): Promise<void> {
  for (const table of tables) expect(await pair.a.rowsOf(table), table).toEqual(await pair.b.rowsOf(table));
}

describe("a full sync", () => {
  it("[pull] brings everything here, exactly, and the second run changes nothing", async () => {
    const { a, b } = pair;
    await b.run(...schema, ...rows);
    await a.run(...schema);
    const first = await a.json("sync-full", "pull", "--peer", "Server B", "--yes");
    expect(first).toMatchObject({ status: "completed", verified: true, rows: { updated: 0, skipped: 0 } });
    expect(first.rows.inserted).toBe(2000 + 3000 + 5001 + 20 + 10 + 10 + 60);
    await same();
    // Identity and serial columns go on after the last row that came.
    await a.run("INSERT INTO people (name) VALUES ('new')", "INSERT INTO orders (words) VALUES ('new')");
    expect(await a.query("SELECT max(id) AS id FROM people")).toEqual([{ id: 2001 }]);
    const second = await a.json("sync-full", "pull", "--peer", "Server B", "--yes");
    expect(second).toMatchObject({ status: "completed", verified: true, rows: { inserted: 0, updated: 0 } });
    expect(second.rows.unchanged).toBe(first.rows.inserted);
    expect(a.sessions().slice(0, 2)).toMatchObject([
      { status: "completed" },
      { status: "completed", step: 5, progress: expect.any(Number) },
    ]);
  });

  it("[push] brings everything there, from the side that was added and from the one that added", async () => {
    const { a, b } = pair;
    await a.run(...schema, ...rows);
    await b.run(...schema);
    expect(await a.json("sync-full", "push", "--peer", "Server B", "--yes", "--compress")).toMatchObject({
      verified: true,
    });
    await same();
    const audit = readFileSync(join(b.root, "logs/audit.jsonl"), "utf8").trim().split("\n");
    const [began, ended] = audit.slice(-2).map((line) => JSON.parse(line));
    expect(began).toMatchObject({ who: "Server A", what: "sync:full", result: "started" });
    expect(ended).toMatchObject({ who: "Server A", what: "sync:full", result: "succeeded" });
    await a.run(
      "UPDATE people SET name = 'changed', raw = '{\"b\": 1.0}' WHERE id = 7",
      "DELETE FROM notes WHERE n = 4",
    );
    // B knows A too: it was told when A added it.
    const back = await b.json("sync-full", "pull", "--peer", "Server A", "--yes");
    expect(back).toMatchObject({ verified: true, rows: { inserted: 0, updated: 1 } });
    expect(await b.query("SELECT name FROM people WHERE id = 7")).toEqual([{ name: "changed" }]);
  });

  it("[upsert] updates what differs, keeps what only the target has, and sends only parts that differ", async () => {
    const { a, b } = pair;
    for (const one of [a, b]) await one.run(...schema, ...rows, "ANALYZE");
    await b.run("UPDATE people SET name = 'theirs' WHERE id = 5", "INSERT INTO chicken VALUES (99, NULL)");
    await a.run("INSERT INTO people (name) VALUES ('ours')", "DELETE FROM lines WHERE order_id = 3");
    const done = await a.json("sync-full", "pull", "--peer", "Server B", "--yes");
    expect(done).toMatchObject({ status: "completed", verified: true, rows: { updated: 1 } });
    expect(done.rows.inserted).toBe(1 + 2);
    expect(await a.query("SELECT name FROM people WHERE id IN (5, 2001) ORDER BY id")).toEqual([
      { name: "theirs" },
      { name: "ours" },
    ]);
    expect(done.bytes).toBeLessThan(300_000);
  });

  it("[plan] shows inserts, updates, unchanged and conflicts by table, and writes nothing", async () => {
    const { a, b } = pair;
    for (const one of [a, b]) await one.run(...schema);
    await b.run(...rows);
    await a.run(
      "INSERT INTO people (id, name, email) OVERRIDING SYSTEM VALUE VALUES (5, 'ours', NULL), (90000, 'in the way', 'p7@example.org')",
    );
    const before = await a.rowsOf("people");
    const plan = await a.json("sync-full", "pull", "--peer", "Server B", "--plan");
    expect(plan.plan).toBe(true);
    const people = plan.tables.find((one: { table: string }) => one.table === "public.people");
    expect(people).toMatchObject({ inserted: 1999, updated: 1, unchanged: 0, conflicts: ["7"] });
    expect(await a.rowsOf("people")).toEqual(before);
    expect(await a.rowsOf("orders")).toEqual([]);
  });

  it("[conflict] skips a row that another row of the target stands in the way of, says so, and is not called verified", async () => {
    const { a, b } = pair;
    const table = "CREATE TABLE users (id integer PRIMARY KEY, email text UNIQUE, name text)";
    await b.run(table, "INSERT INTO users SELECT i, 'p' || i, 'new' FROM generate_series(1, 10) i");
    await a.run(table, "INSERT INTO users VALUES (77, 'p7', 'ours'), (3, 'p3', 'old')");
    const { code, out } = await a.verb("sync-full", "pull", "--peer", "Server B", "--yes", "--json");
    expect(code).toBe(1);
    const done = JSON.parse(out);
    expect(done).toMatchObject({ status: "completed", verified: false, rows: { inserted: 8, updated: 1, skipped: 1 } });
    expect(done.tables[0]).toMatchObject({ conflicts: ["7"], verified: false });
    expect(await a.query("SELECT name FROM users WHERE id = 3")).toEqual([{ name: "new" }]);
    expect(await a.query("SELECT id FROM users WHERE email = 'p7'")).toEqual([{ id: 77 }]);
  });

  it("[schemas] carries the columns that both have, and says which it left out", async () => {
    const { a, b } = pair;
    await b.run(
      "CREATE TABLE t (id integer PRIMARY KEY, old text, n integer)",
      "INSERT INTO t VALUES (1, 'x', 7)",
      "CREATE TABLE only_b (id integer)",
    );
    await a.run("CREATE TABLE t (n bigint, id integer PRIMARY KEY, new text DEFAULT 'default')");
    const done = await a.json("sync-full", "pull", "--peer", "Server B", "--yes");
    expect(done).toMatchObject({ status: "completed", verified: true });
    expect(await a.query("SELECT id, n, new FROM t")).toEqual([{ id: 1, n: 7, new: "default" }]);
    // The second run has the same keys and other values of another type.
    await b.run("UPDATE t SET n = 8");
    expect(await a.json("sync-full", "pull", "--peer", "Server B", "--yes")).toMatchObject({
      verified: true,
      rows: { inserted: 0, updated: 1 },
    });
    expect(await a.query("SELECT n FROM t")).toEqual([{ n: 8 }]);
    expect(done.notes.join()).toMatch(/public\.only_b is left out: the target has no such table/);
    expect(done.tables[0].notes).toEqual([
      "the target has no column old: left out",
      "only the target has column new: new rows get the default",
      "n is integer here and bigint there: carried as text, and sent whole every time",
    ]);
  });

  it("[identity] updates a column that is numbered BY DEFAULT, and leaves one that is GENERATED ALWAYS to its own side", async () => {
    const { a, b } = pair;
    const numbered = (how: string) => `CREATE TABLE t (id integer PRIMARY KEY, n integer GENERATED ${how} AS IDENTITY)`;
    for (const [how, kept] of [
      ["BY DEFAULT", 7],
      ["ALWAYS", 1],
    ] as const) {
      for (const one of [a, b]) await one.run("DROP TABLE IF EXISTS t", numbered(how));
      await b.run("INSERT INTO t (id, n) OVERRIDING SYSTEM VALUE VALUES (1, 7), (2, 8)");
      await a.run("INSERT INTO t (id, n) OVERRIDING SYSTEM VALUE VALUES (1, 1)");
      const done = await a.json("sync-full", "pull", "--peer", "Server B", "--yes");
      expect(done, how).toMatchObject({ status: "completed", verified: true, rows: { inserted: 1 } });
      expect(await a.query("SELECT id, n FROM t ORDER BY id")).toEqual([
        { id: 1, n: kept },
        { id: 2, n: 8 },
      ]);
    }
  });

  it("[demo] leaves demo data and tables out by rules of the source, and refuses what would then refer to nothing", async () => {
    const { a, b } = pair;
    for (const one of [a, b])
      await one.run(
        "CREATE TABLE users (id integer PRIMARY KEY, email text)",
        "CREATE TABLE posts (id integer PRIMARY KEY, author integer REFERENCES users)",
        "CREATE TABLE payroll (id integer PRIMARY KEY)",
      );
    await b.run(
      "INSERT INTO users VALUES (1, 'real@x'), (2, 'demo@demo.local')",
      "INSERT INTO posts VALUES (1, 1)",
      "INSERT INTO payroll VALUES (1)",
    );
    const users = "- { table: public.users, where: \"email LIKE '%@demo.local'\" }";
    await restart(b, ["leaveOut: [public.payroll]", "demo:", `  ${users}`]);
    onTestFinished(() => restart(b, []));
    expect(await a.json("sync-full", "pull", "--peer", "Server B", "--yes")).toMatchObject({
      verified: true,
      rows: { inserted: 2 },
    });
    expect(await a.query("SELECT id FROM users")).toEqual([{ id: 1 }]);
    expect(await a.query("SELECT id FROM payroll")).toEqual([]);
    await b.run("INSERT INTO posts VALUES (2, 2)");
    const refused = await a.json("sync-full", "pull", "--peer", "Server B", "--yes");
    expect(refused).toMatchObject({
      status: "failed",
      error: { message: expect.stringMatching(/posts_author_fkey: 1 rows would refer/) },
    });
    expect(await a.query("SELECT id FROM posts")).toEqual([{ id: 1 }]);
  });

  it("[orphans] refuses an update of what other rows of the target refer to", async () => {
    const { a, b } = pair;
    for (const one of [a, b])
      await one.run(
        "CREATE TABLE users (id integer PRIMARY KEY, code text UNIQUE)",
        "INSERT INTO users VALUES (1, 'old')",
        "CREATE TABLE orders (id integer PRIMARY KEY, code text REFERENCES users (code))",
      );
    await b.run("UPDATE users SET code = 'new'");
    await a.run("INSERT INTO orders VALUES (1, 'old')");
    for (const steps of ["one-transaction", "table-by-table"]) {
      const refused = await a.json("sync-full", "pull", "--peer", "Server B", "--steps", steps, "--yes");
      expect(refused).toMatchObject({ status: "failed" });
      expect(refused.error.message).toMatch(/orders_code_fkey: 1 rows would refer to rows of public.users/);
      // With the tables before it, when each is written by itself.
      expect(await a.query("SELECT code FROM users")).toEqual([{ code: steps === "one-transaction" ? "old" : "new" }]);
    }
  });

  it("[triggers] do not fire at the target, and are there afterwards as they were", async () => {
    const { a, b } = pair;
    for (const one of [a, b]) {
      await one.run(
        "CREATE TABLE t (id integer PRIMARY KEY, words text)",
        "CREATE FUNCTION shout() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.words := upper(NEW.words); RETURN NEW; END $$",
        "CREATE TRIGGER shout BEFORE INSERT OR UPDATE ON t FOR EACH ROW EXECUTE FUNCTION shout()",
      );
    }
    await b.run(
      "ALTER TABLE t DISABLE TRIGGER shout",
      "INSERT INTO t VALUES (1, 'quiet')",
      "ALTER TABLE t ENABLE TRIGGER shout",
    );
    expect(await a.json("sync-full", "pull", "--peer", "Server B", "--yes")).toMatchObject({ verified: true });
    expect(await a.query("SELECT words FROM t")).toEqual([{ words: "quiet" }]);
    await a.run("INSERT INTO t VALUES (2, 'loud')");
    expect(await a.query("SELECT words FROM t WHERE id = 2")).toEqual([{ words: "LOUD" }]);
  });

  it("[http] needs no room at the source and comes to the same", async () => {
    const { a, b } = pair;
    // Pages that are full by their rows, by their bytes, and of rows without a key.
    const pages = [
      "CREATE TABLE wide (name text, n integer, words text, PRIMARY KEY (name, n))",
      "CREATE TABLE loose (words text)",
    ];
    await b.run(
      ...[...schema, ...rows, ...pages],
      `INSERT INTO wide SELECT E'\\t\\\\N\\n' || i / 3, i, repeat(md5(i::text), 1000) FROM generate_series(1, 400) i`,
      "INSERT INTO loose SELECT 'word ' || i % 7001 FROM generate_series(1, 12000) i",
      "INSERT INTO loose SELECT 'equal' FROM generate_series(1, 11000) i",
    );
    await a.run(...schema, ...pages);
    const done = await a.json("sync-full", "pull", "--peer", "Server B", "--method", "http", "--yes");
    expect(done).toMatchObject({ status: "completed", verified: true });
    await same();
    for (const table of ["wide", "loose"]) expect(await a.rowsOf(table), table).toEqual(await b.rowsOf(table));
  });

  it("[steps] writes table by table where one transaction would be too large", async () => {
    const { a, b } = pair;
    await b.run(...schema, ...rows);
    await a.run(...schema);
    const done = await a.json("sync-full", "pull", "--peer", "Server B", "--steps", "table-by-table", "--yes");
    expect(done).toMatchObject({ status: "completed", verified: true });
    await same();
  });

  it("[concurrent] lets one full sync run at a time, whichever side begins, and one of two that begin together goes on", async () => {
    const { a, b } = pair;
    for (const one of [a, b]) await one.run(...schema);
    await b.run(...rows);
    const results = await Promise.all([
      a.json("sync-full", "pull", "--peer", "Server B", "--yes"),
      b.json("sync-full", "push", "--peer", "Server A", "--yes"),
    ]);
    const completed = results.filter(({ status }) => status === "completed");
    expect(completed).toHaveLength(1);
    const [other] = results.filter(({ status }) => status !== "completed");
    expect((other.error ?? other).message).toMatch(/sync|Cancelled|runs|uses/);
    await same();
    for (const one of [a, b]) expect(one.sessions().some(({ status }) => status === "running")).toBe(false);
  });

  it("[cancel] leaves the target as it was, on both sides and with words", async () => {
    const { a, b } = pair;
    for (const one of [a, b]) await one.run("CREATE TABLE big (id integer PRIMARY KEY, words text)");
    await b.run("INSERT INTO big SELECT i, repeat(md5(i::text), 20) FROM generate_series(1, 100000) i");
    a.set(["megabitsPerSecond: 40"]);
    onTestFinished(() => a.set([]));
    const running = a.json("sync-full", "pull", "--peer", "Server B", "--yes", "--no-compress");
    const isUnderWay = () => a.sessions().some(({ status, phase }) => status === "running" && phase === "transfer");
    while (!isUnderWay()) await sleep(100);
    expect(await a.json("sync-cancel")).toMatchObject({ status: "cancelled" });
    expect(await running).toMatchObject({
      status: "cancelled",
      error: { message: expect.stringContaining("Cancelled by") },
    });
    expect(await a.rowsOf("big")).toEqual([]);
    await expect.poll(() => b.sessions()[0]?.status).toBe("cancelled");
    expect(await a.json("sync-full", "push", "--peer", "Server B", "--yes")).toMatchObject({ status: "completed" });
  });

  it("[meanwhile] does not call verified what was the same and was changed at the target while rows went over", async () => {
    const { a, b } = pair;
    const fill = "INSERT INTO same SELECT i, 'same' FROM generate_series(1, 100) i";
    for (const one of [a, b]) {
      await one.run("CREATE TABLE same (id integer PRIMARY KEY, words text)", fill);
      await one.run("CREATE TABLE big (id integer PRIMARY KEY, words text)");
    }
    await b.run("INSERT INTO big SELECT i, repeat(md5(i::text), 20) FROM generate_series(1, 20000) i");
    a.set(["megabitsPerSecond: 40"]);
    onTestFinished(() => a.set([]));
    const running = a.verb("sync-full", "pull", "--peer", "Server B", "--yes", "--no-compress", "--json");
    await expect.poll(() => a.sessions()[0]?.phase, { interval: 50 }).toBe("transfer");
    await a.run("UPDATE same SET words = 'changed' WHERE id = 7");
    const { code, out } = await running;
    expect(code).toBe(1);
    const done = JSON.parse(out);
    expect(done).toMatchObject({ status: "completed", verified: false, rows: { inserted: 20_000 } });
    const same = done.tables.find(({ table }: { table: string }) => table === "public.same");
    expect(same).toMatchObject({ verified: false, notes: [expect.stringContaining("changed here meanwhile")] });
    expect(await a.json("sync-full", "pull", "--peer", "Server B", "--yes")).toMatchObject({
      ...{ verified: true, rows: { inserted: 0, updated: 1 } },
    });
  });

  it.each(["backup", "http"])(
    "[bandwidth] goes no faster by %s than the side that does not drive wants",
    async (method) => {
      const { a, b } = pair;
      for (const one of [a, b]) await one.run("CREATE TABLE big (id integer PRIMARY KEY, words text)");
      await b.run("INSERT INTO big SELECT i, repeat(md5(i::text), 20) FROM generate_series(1, 15000) i");
      await restart(b, ["megabitsPerSecond: 16"]);
      onTestFinished(() => restart(b, []));
      const flags = ["--peer", "Server B", "--yes", "--no-compress", "--method", method];
      for (const direction of ["pull", "push"]) {
        const done = await a.json("sync-full", direction, ...flags);
        expect(done).toMatchObject({ status: "completed", rows: { inserted: 15_000 } });
        expect((done.bytes * 8) / 1e6 / done.seconds, direction).toBeLessThan(17.6);
        await b.run("TRUNCATE big");
      }
    },
  );

  it("[refusals] says what is wrong: same server, no encryption, wrong token, a login that may not", async () => {
    const { a, b } = pair;
    const { token } = await a.json("peers-token");
    expect((await a.json("peers-add", a.url, "--token", token)).error.message).toMatch(/this very server/);
    expect((await a.json("peers-add", b.url, "--token", "wrong-token-wrong-token")).error.message).toMatch(
      /token is unknown/,
    );
    expect((await a.json("peers-add", "http://192.0.2.1:8095", "--token", token)).error.message).toMatch(
      /without encryption/,
    );
    a.set(["publicUrl: http://192.0.2.1:8095"]);
    const { token: another } = await b.json("peers-token");
    const back = await a.json("peers-add", b.url, "--token", another);
    a.set([]);
    expect(back.error.message).toBe("192.0.2.1:8095 would be spoken to without encryption");
    expect((await a.json("sync-full", "pull", "--peer", "Nobody", "--yes")).error.message).toMatch(
      /No peer is called "Nobody"/,
    );
    await a.run("CREATE ROLE plain LOGIN PASSWORD 'plain-password'", "CREATE TABLE t (id integer PRIMARY KEY)");
    await b.run("CREATE TABLE t (id integer PRIMARY KEY)");
    const { host, port, database } = a.postgres;
    onTestFinished(() => void delete a.environment.PEERS_DATABASE_URL);
    a.environment.PEERS_DATABASE_URL = `postgres://plain:plain-password@${host}:${port}/${database}`;
    expect((await a.json("sync-full", "pull", "--peer", "Server B", "--yes")).error.message).toBe(
      'Server A logs in to its database as "plain", who is no superuser',
    );
    expect((await a.json("sync-sessions", "--log", "none")).error.message).toBe("There is no session none");
    const sideways = await a.verb("sync-full", "sideways", "--peer", "Server B");
    expect(sideways).toMatchObject({ code: 2, error: expect.stringMatching(/pull or push/) });
  });
});
