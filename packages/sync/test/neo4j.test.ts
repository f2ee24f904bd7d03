import { type ContainerInspectInfo, connectEngine, type Engine, UserError } from "@understudy/core";
import { type Graph, incomingVolume, openGraph, removeIncoming } from "@understudy/data";
import { openReach } from "@understudy/environment";
import { type Connection, connect } from "@understudy/postgres";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { copyGraph } from "../src/neo4j/copy-graph.ts";
import { planGraph } from "../src/neo4j/graph-plan.ts";
import { type IncomingServer, startIncomingServer } from "../src/neo4j/incoming-server.ts";
import type { PersonalValue } from "../src/neo4j/mask-elements.ts";
import type { MaskValues } from "../src/neo4j/mask-request.ts";
import { maskValuesBy } from "../src/neo4j/mask-values.ts";
import { eachPersonalValue } from "../src/neo4j/personal-values.ts";
import { readSchema } from "../src/neo4j/schema.ts";
import { readShape } from "../src/neo4j/shape.ts";
import { verifyGraph } from "../src/neo4j/verify-graph.ts";
import type { GraphPolicy, MaskRule, PropertyRule } from "../src/policy/policy.ts";

const stackName = `usn-${Math.random().toString(36).slice(2, 8)}`;
const live = `${stackName}_neo4j-data`;
const source = "sanitize.yml:1";
const keep: PropertyRule = { source, kind: "keep" };
const empty: PropertyRule = { source, kind: "null" };
const mask = (masker: string, more: Partial<MaskRule> = {}): PropertyRule => ({
  source,
  kind: "mask",
  masker,
  distinct: false,
  person: undefined,
  options: {},
  ...more,
});

const people = 5_000;
const weird = "we`ird \\u0060) l\\ab`el";

const content = [
  `UNWIND range(1, ${people}) AS i CREATE (:Person {id: i, email: 'Person' + i + '@private.org', name: 'Real Name ' + i})`,
  `MATCH (p:Person) WITH p WHERE p.id % 10 = 0 SET p:Customer, p.phone = '+49 30 ' + (1000000 + p.id)`,
  `MATCH (a:Person), (b:Person {id: a.id + 1}) CREATE (a)-[:KNOWS {since: a.id, note: 'ask ' + a.email}]->(b)`,
  `MATCH (a:Person {id: 1}), (b:Person {id: 2}) CREATE (a)-[:KNOWS]->(b), (a)-[:KNOWS]->(b), (a)-[:KNOWS {since: -1}]->(a), (b)-[:\`likes ✓\`]->(a)`,
  `CREATE ({alone: 'x'}), (:Empty), (:Empty)`,
  `CREATE (:Types {s: '', long: 9223372036854775807, least: -9223372036854775808, double: 5.0, minus: -0.0, nan: 0.0/0.0, endless: 1.0/0.0,
     yes: true, date: date('2024-02-29'), early: date('-0044-03-15'), time: time('12:30:00.123456789+02:00'), local: localtime('01:02:03'),
     at: datetime('2023-10-29T02:30:00+01:00[Europe/Berlin]'), before: datetime('2023-10-29T02:30:00+02:00[Europe/Berlin]'),
     offset: datetime('1999-12-31T23:59:59.999999999-09:30'), plain: localdatetime('2020-01-01T00:00:00'),
     span: duration({months: 14, days: -3, seconds: 90061, nanoseconds: 5}), flat: point({x: 1.5, y: -2}), globe: point({longitude: 13.4, latitude: 52.5, height: 34}),
     texts: ['a', '', 'ü'], longs: [1, 2], doubles: [1.0, 2.5], none: [], days: [date('2020-01-01')], bools: [true, false], points: [point({x: 1, y: 2, z: 3})]})`,
  `CREATE (:Masked {texts: ['One@x.org', '', 'two@x.org'], age: 44, weight: 70.5, born: date('1980-05-05'), seen: datetime('2023-10-28T02:30:00+02:00[Europe/Berlin]'),
     local: localdatetime('2001-02-03T04:05:06'), gone: 'secret', owner: 'p1'})`,
  `CREATE (:\`${weird.replaceAll("\\", "\\u005c").replaceAll("`", "``")}\` {\`pro\`\`p\`: 1})`,
  "CREATE CONSTRAINT person_email FOR (n:Person) REQUIRE n.email IS UNIQUE",
  "CREATE CONSTRAINT since FOR ()-[r:KNOWS]-() REQUIRE r.since IS UNIQUE",
  "CREATE INDEX person_id FOR (n:Person) ON (n.id)",
  "CREATE INDEX `odd ``name` FOR (n:Person) ON (n.name, n.id)",
  "CREATE TEXT INDEX texts FOR (n:Person) ON (n.name)",
  "CREATE POINT INDEX points FOR (n:Types) ON (n.flat)",
  "CREATE FULLTEXT INDEX names FOR (n:Person|Customer) ON EACH [n.name, n.email]",
  "CREATE FULLTEXT INDEX notes FOR ()-[r:KNOWS]-() ON EACH [r.note]",
  "CREATE VECTOR INDEX near FOR (n:Types) ON (n.vector) OPTIONS {indexConfig: {`vector.dimensions`: 3}}",
];

const kept = (...names: string[]) => Object.fromEntries(names.map((name) => [name, keep]));
const policy: GraphPolicy = {
  nodes: {
    Person: { id: keep, email: mask("email"), name: mask("full-name") },
    // With Person's: masks win over keep, null over masks.
    Customer: { email: keep, phone: empty },
    Empty: {},
    Types: kept(
      ...[
        "s",
        "long",
        "least",
        "double",
        "minus",
        "nan",
        "endless",
        "yes",
        "date",
        "early",
        "time",
        "local",
        "at",
        "before",
      ],
      ...["offset", "plain", "span", "flat", "globe", "texts", "longs", "doubles", "none", "days", "bools", "points"],
    ),
    Masked: {
      texts: mask("email", { distinct: true }),
      age: mask("number"),
      weight: mask("number"),
      born: mask("date", { person: "owner" }),
      seen: mask("date", { person: "owner" }),
      local: mask("date", { person: "owner" }),
      gone: empty,
      owner: keep,
    },
    [weird]: kept("pro`p"),
    "(no label)": kept("alone"),
  },
  relationships: { KNOWS: { since: keep, note: mask("text") }, "likes ✓": {} },
};

describe("the copy of a graph", () => {
  let engine: Engine;
  let production: ContainerInspectInfo;
  let postgres: string;
  let graph: Graph;
  let session: Connection;
  let incoming: IncomingServer;
  const personal: PersonalValue[] = [];
  const texts: string[] = [];
  const password = "staging-password";

  const imageOf = async (recipe: string) => {
    const [image] = await engine.docker.listImages({ filters: { reference: [`understudy/${recipe}`] } });
    return image?.RepoTags?.[0] ?? "";
  };
  const start = async (options: Parameters<Engine["docker"]["createContainer"]>[0]) => {
    const container = await engine.docker.createContainer({ Healthcheck: { Test: ["NONE"] }, ...options });
    await container.start();
    return await container.inspect();
  };
  const login = () => ({ host: addressOf(production), port: 7687, user: "neo4j", password });
  const planned = async () => planGraph(policy, await readShape(graph), await readSchema(graph));

  beforeAll(async () => {
    engine = await connectEngine("local");
    const memory = ["initial__size", "max__size"].map((name) => `NEO4J_server_memory_heap_${name}=400m`);
    const Env = [`NEO4J_AUTH=neo4j/${password}`, ...memory, "NEO4J_server_memory_pagecache_size=64m"];
    production = await start({ Image: await imageOf("neo4j"), Env });
    const server = await start({ Image: await imageOf("postgres"), Env: ["POSTGRES_PASSWORD=secret"] });
    postgres = server.Id;
    const host = addressOf(server);
    const log = { host, port: 5432, user: "postgres", password: "secret", database: "postgres", timeout: 10_000 };
    session = await eventually(() => connect(log));
    await session.query("SELECT set_config('understudy.key', 'a test key', false)");
    graph = await eventually(() => openGraph(login()));
    for (const statement of content) await graph.write(statement);
    const reach = await openReach(engine, "staging");
    const options = { live, stackName, environment: "staging", network: "bridge" };
    incoming = await startIncomingServer({ engine, reach, like: production, ...options });
  });

  afterAll(async () => {
    await incoming?.[Symbol.asyncDispose]();
    await graph?.[Symbol.asyncDispose]();
    await session?.close();
    for (const id of [production?.Id, postgres]) await engine.docker.getContainer(id).remove({ force: true, v: true });
    await removeIncoming(engine, stackName);
    await engine.close();
  });

  it("says what there is, by label, type and property", async () => {
    const { kinds } = await readShape(graph);
    const shown = kinds.map(({ element, names, count, properties }) => [
      element,
      names.join("+"),
      count,
      properties.map(({ name, types }) => `${name} ${types}`).join(", "),
    ]);
    expect(shown.filter(([, names]) => names !== "Types" && names !== "Masked")).toEqual([
      ["node", "", 1, "alone String"],
      ["node", "Customer+Person", people / 10, "email String, id Long, name String, phone String"],
      ["node", "Empty", 2, ""],
      ["node", "Person", people - people / 10, "email String, id Long, name String"],
      ["node", weird, 1, "pro`p Long"],
      ["relationship", "KNOWS", people + 2, "note String, since Long"],
      ["relationship", "likes ✓", 1, ""],
    ]);
  });

  it("copies everything, masked, and proves it", async () => {
    const plan = await planned();
    let seen = 0;
    const copied = await copyGraph(graph, incoming.graph, {
      policy,
      plan,
      mask: maskValuesBy(session),
      onPersonal: (one) => personal.push(one),
      onProgress: ({ elements }) => {
        seen = elements;
      },
    });
    const counts = await verifyGraph(incoming.graph, copied, plan.schema, (_place, text) => texts.push(text));
    expect(seen).toBe(plan.elements);
    expect([copied.nodes, copied.relationships, copied.late]).toEqual([people + 6, people + 3, 0]);
    expect(counts).toEqual(Object.fromEntries(plan.kinds.map(({ kind, count }) => [nameOf(kind), count])));
    expect((await readSchema(incoming.graph)).map(({ createStatement }) => createStatement)).toEqual(
      plan.schema.map(({ createStatement }) => createStatement),
    );
  });

  it("keeps every type of property as it was", async () => {
    const query = "MATCH (n:Types) RETURN properties(n) AS types";
    const read = async (from: Graph) => (await from.read<{ types: Record<string, unknown> }>(query))[0]?.types ?? {};
    const [before, after] = await Promise.all([read(graph), read(incoming.graph)]);
    expect(after).toEqual(before);
    expect(Object.keys(after)).toHaveLength(26);
    const { at, before: earlier } = after as Record<string, { timeZoneOffsetSeconds: bigint }>;
    expect([at?.timeZoneOffsetSeconds, earlier?.timeZoneOffsetSeconds]).toEqual([3_600n, 7_200n]);
    const valid =
      "MATCH (n:Types) RETURN n.nan = n.nan AS nan, n.long IS :: INTEGER AS long, n.double IS :: FLOAT AS double, 1 / n.minus < 0 AS minus";
    expect(await incoming.graph.read(valid)).toEqual([{ nan: false, long: true, double: true, minus: true }]);
  });

  it("masks as the databases are masked", async () => {
    const { elements } = await planned();
    const rule = ruleOf(policy.nodes.Person?.email, true);
    const request = {
      rule,
      type: "text",
      rows: elements,
      values: ["Person7@private.org"],
      persons: undefined,
    } as const;
    const [expected = ""] = await maskValuesBy(session)(request);
    const rows = await incoming.graph.read<{ email: string; name: string }>(
      "MATCH (p:Person {id: 7}) RETURN p.email AS email, p.name AS name",
    );
    expect(rows).toEqual([{ email: expected, name: "Test User" }]);
    expect(expected).toMatch(/^test\+\w{12,}@example\.com$/);
    const [emails] = await incoming.graph.read(
      "MATCH (p:Person) RETURN count(DISTINCT p.email) AS emails, count(p.phone) AS phones",
    );
    expect(emails).toEqual({ emails: BigInt(people), phones: 0n });
    const query = "MATCH (m:Masked) RETURN m {.*} AS m";
    const read = async (from: Graph) => (await from.read<{ m: Record<string, never> }>(query))[0]?.m ?? {};
    const [raw, masked] = await Promise.all([read(graph), read(incoming.graph)]);
    expect(Object.keys(masked).sort()).toEqual(
      Object.keys(raw)
        .filter((name) => name !== "gone")
        .sort(),
    );
    expect(masked.texts).toEqual([expect.stringMatching(/^test\+/), "", expect.stringMatching(/^test\+/)]);
    expect([typeof masked.age, typeof masked.weight]).toEqual(["bigint", "number"]);
    const days = (value: { year: bigint; month: bigint; day: bigint }) =>
      Date.UTC(Number(value.year), Number(value.month) - 1, Number(value.day)) / 86_400_000;
    const shifts = ["born", "seen", "local"].map((name) => days(masked[name] as never) - days(raw[name] as never));
    expect(new Set(shifts).size).toBe(1);
    expect(shifts[0]).not.toBe(0);
    expect(String(masked.seen).slice(10)).toBe("T02:30:00+02:00");
  });

  it("shows the values that were masked, and no text of the copy has one", async () => {
    const places = Object.groupBy(personal, ({ place }) => place);
    expect(places[":Person.email"]).toHaveLength(people - people / 10);
    expect(places[":Customer:Person.phone"]?.[0]).toMatchObject({
      rule: undefined,
      value: expect.stringMatching(/^\+49/),
    });
    expect(texts.length).toBeGreaterThan(people * 4);
    expect(texts.filter((text) => /private\.org|Real Name|\+49 30|secret|@x\.org/.test(text))).toEqual([]);
    const again: PersonalValue[] = [];
    await eachPersonalValue(graph, policy, await planned(), (one) => again.push(one));
    const order = (values: readonly PersonalValue[]) => values.map(({ place, value }) => `${place} ${value}`).sort();
    expect(order(again)).toEqual(order(personal));
  });

  it("never writes to the source", async () => {
    await expect(graph.read("CREATE (:Written)")).rejects.toThrow(/not allowed|READ/i);
    expect(await graph.read("MATCH (n:Written) RETURN n")).toEqual([]);
  });

  it("finds one changed property, one missing relationship, one index too many", async () => {
    const plan = await planned();
    await incoming.graph.write("MATCH (n) DETACH DELETE n");
    for (const { what, name } of plan.schema)
      await incoming.graph.write(`DROP ${what} \`${name.replaceAll("`", "``")}\``);
    const copied = await copyGraph(graph, incoming.graph, {
      policy,
      plan,
      mask: maskValuesBy(session),
      onPersonal: () => {},
    });
    const verified = () =>
      verifyGraph(incoming.graph, copied, plan.schema, () => {}).then(
        () => "equal",
        (error) => error.message,
      );
    expect(await verified()).toBe("equal");
    await incoming.graph.write("MATCH (p:Person {id: 12}) SET p.name = 'Test Usher'");
    expect(await verified()).toMatch(/: :Person: their content differs$/);
    await incoming.graph.write("MATCH (p:Person {id: 12}) SET p.name = 'Test User'");
    expect(await verified()).toBe("equal");
    await incoming.graph.write("MATCH (a)-[r:`likes ✓`]->(b) CREATE (b)-[:`likes ✓`]->(a) DELETE r");
    expect(await verified()).toMatch(/: \[:`likes ✓`\]: their content differs$/);
    await incoming.graph.write("CREATE INDEX too_many FOR (n:Person) ON (n.more)");
    await incoming.graph.write("DROP CONSTRAINT person_email");
    expect(await verified()).toMatch(/constraint person_email .* is missing; index too_many .* is not in the source/);
  });

  it("stops by name at what the policy does not know", async () => {
    const plan = await planned();
    await graph.write("CREATE (:Audit:Person {id: 0, ip: '10.0.0.1'})-[:BY {at: date()}]->(:Empty)");
    await expect(planned()).rejects.toThrow(
      "Neo4j holds what the policy does not know: :Audit, [:BY], :Audit:Person.id (Long), :Audit:Person.ip (String), [:BY].at (Date)",
    );
    // Also what came after the plan.
    await incoming.graph.write("MATCH (n) DETACH DELETE n");
    const late = copyGraph(graph, incoming.graph, { policy, plan, mask: maskValuesBy(session), onPersonal: () => {} });
    await expect(late).rejects.toThrow(/Neo4j holds :Audit:Person\.\w+, which came after the plan/);
    await graph.write("MATCH (n:Audit)--(e) DETACH DELETE n, e");
  });

  it("says which constraint the masks break, and not the value", async () => {
    const plan = await planned();
    await incoming.graph.write("MATCH (n) DETACH DELETE n");
    for (const { what, name } of await readSchema(incoming.graph)) {
      await incoming.graph.write(`DROP ${what} \`${name.replaceAll("`", "``")}\``);
    }
    const same: MaskValues = async ({ type, values }) =>
      values.map((value) => (type === "text" ? "the same secret" : value));
    const broken = await copyGraph(graph, incoming.graph, { policy, plan, mask: same, onPersonal: () => {} }).catch(
      (error) => error,
    );
    expect(broken.message).toMatch(/^constraint person_email cannot be made in the copy: /);
    expect(broken.message).not.toContain("secret");
  });

  it("refuses a graph that is not empty, and a wrong password", async () => {
    const plan = await planned();
    await incoming.graph.write("CREATE (:Left)");
    const refused = copyGraph(graph, incoming.graph, {
      policy,
      plan,
      mask: maskValuesBy(session),
      onPersonal: () => {},
    });
    await expect(refused).rejects.toThrow(/should be empty for a copy, and holds \d+ nodes/);
    const wrong = await openGraph({ ...login(), password: "wrong-password" }).catch((error) => error);
    expect(wrong).toBeInstanceOf(UserError);
    expect(wrong.message).toBe(`the password of Neo4j user "neo4j" at ${addressOf(production)}:7687 is wrong`);
    await expect(openGraph({ ...login(), port: 7688 })).rejects.toThrow(/does not answer \(ECONNREFUSED\)/);
  });

  it("ends well, with its volume ready to be used", async () => {
    await incoming.stop();
    await expect(engine.docker.getVolume(incomingVolume(live)).inspect()).resolves.toMatchObject({
      Name: incoming.volume,
    });
    expect(await engine.docker.listContainers({ all: true, filters: { volume: [incoming.volume] } })).toEqual([]);
    const reach = await openReach(engine, "staging");
    const Binds = [`${incoming.volume}:/data`];
    const server = await start({ Image: production.Image, Env: production.Config.Env, HostConfig: { Binds } });
    await using again = await eventually(async () =>
      openGraph({
        ...(await reach.address(await engine.docker.getContainer(server.Id).inspect(), 7687)),
        user: "neo4j",
        password,
      }),
    );
    expect(await again.read("MATCH (n:Left) RETURN count(n) AS count")).toEqual([{ count: 1n }]);
    await engine.docker.getContainer(server.Id).remove({ force: true, v: true });
  });
});

function addressOf(info: ContainerInspectInfo): string {
  return Object.values(info.NetworkSettings.Networks)[0]?.IPAddress ?? "";
}

function nameOf({ element, names }: { element: string; names: readonly string[] }): string {
  const quoted = names.map((name) => (/^\w+$/.test(name) ? name : `\`${name.replaceAll("`", "``")}\``));
  if (element === "relationship") return `[:${quoted}]`;
  return names.length ? quoted.map((name) => `:${name}`).join("") : "(no label)";
}

function ruleOf(rule: PropertyRule | undefined, distinct: boolean): MaskRule {
  if (rule?.kind !== "mask") throw new Error("no mask");
  return { ...rule, distinct };
}

async function eventually<Result>(work: () => Promise<Result>): Promise<Result> {
  for (let tries = 0; ; tries++) {
    try {
      return await work();
    } catch (error) {
      if (tries === 150) throw error;
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }
}
