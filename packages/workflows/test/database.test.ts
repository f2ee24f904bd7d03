import { setTimeout as sleep } from "node:timers/promises";
import { UserError } from "@understudy/core";
import type { Node } from "@understudy/n8n";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createInstallation } from "../../deploy/test/support/installation.ts";
import { callsOf } from "../src/content/calls.ts";
import type { Content } from "../src/content/content.ts";
import { credentialKey, credentialsOf } from "../src/content/credentials.ts";
import { contentHash } from "../src/content/hash.ts";
import { contentOf } from "../src/content/stored.ts";
import type { CreateReport } from "../src/create/report.ts";
import { readCredentials } from "../src/database/read-facts.ts";
import { readWorkflows } from "../src/database/read-workflows.ts";
import { openTables } from "../src/database/tables.ts";
import { type MigrationFile, MigrationFolder } from "../src/file/folder.ts";
import { isLarge, type Migration } from "../src/file/migration.ts";
import { parseMigration } from "../src/file/parse.ts";
import { migration as anyMigration, hostile } from "../src/testing/arbitrary.ts";
import { exampleContent, exampleMigration } from "../src/testing/example.ts";
import { fileOf, N8nStage, type TestDatabase } from "./support/n8n-stage.ts";

/** A chain of migrations of one workflow. */
function chain(workflowId: string, ...contents: Content[]): Migration[] {
  return contents.map((content, index) => {
    const before = contents[index - 1];
    return exampleMigration({
      ...{ workflowId, content, isLarge: isLarge(content), basedOn: before && contentHash(before) },
      name: `2026112212${String(index).padStart(4, "0")}_${workflowId.toLowerCase()}.sql`,
    });
  });
}

const named = (name: string, over: Partial<Content> = {}) => exampleContent({ name, ...over });
const node = (name: string, parameters = {}, type = "n8n-nodes-base.code") => ({
  name,
  type,
  typeVersion: 1,
  parameters,
});

async function contentsIn(database: TestDatabase): Promise<Map<string, Content>> {
  const tables = await database.tables();
  const { names } = await readCredentials(tables);
  const found = await Array.fromAsync(readWorkflows(tables, {}));
  return new Map(found.map((stored) => [stored.id, contentOf(stored, names)]));
}

describe("migrations in n8n's own database", () => {
  let stage: N8nStage;
  let next = 0;
  const database = () => stage.database(`db${next++}`);

  beforeAll(async () => {
    stage = await N8nStage.open();
  });
  afterAll(() => stage[Symbol.asyncDispose]());

  it("bring any workflow there as it was, and whatever it says is never run", async () => {
    await using there = await database();
    const objects = () => there.query("SELECT relname FROM pg_class UNION ALL SELECT rolname FROM pg_roles ORDER BY 1");
    const clear = async () => {
      await there.query("DELETE FROM workflow_entity");
      await there.query("DELETE FROM migration_metadata");
    };
    await there.migrate(chain("first", named("First")));
    await clear();
    const before = await objects();
    // What n8n's own columns have room for; what one calls is not there, which is another test's.
    const fits = anyMigration.filter(
      ({ workflowId, content: { name, tags, folder, nodes, settings } }) =>
        workflowId !== "" &&
        [...workflowId].length <= 36 &&
        [...name].length <= 128 &&
        name.trim() !== "" &&
        tags.every((tag) => tag !== "" && [...tag].length <= 24) &&
        folder.every((one) => one !== "" && [...one].length <= 128) &&
        credentialsOf(nodes).every(({ name, type }) => [...name].length <= 128 && type.length <= 128) &&
        callsOf({ nodes, settings }).length === 0,
    );
    const some = fc.uniqueArray(fits, { minLength: 1, maxLength: 8, selector: ({ workflowId }) => workflowId });
    await fc.assert(
      fc.asyncProperty(some, async (drawn) => {
        const made = drawn.map((migration, index) => ({
          ...migration,
          ...{ name: `2026112212${String(index).padStart(4, "0")}_x.sql`, basedOn: undefined, publish: false },
        }));
        const known = new Set((await readCredentials(await there.tables())).ids.keys());
        for (const credential of made.flatMap(({ content }) => credentialsOf(content.nodes))) {
          if (known.has(credentialKey(credential))) continue;
          known.add(credentialKey(credential));
          await there.credential(credential.type, credential.name);
        }
        const report = await there.migrate(made);
        expect(report.problems).toEqual([]);
        expect(report.applied).toEqual(made.map(({ name }) => name));
        const arrived = await contentsIn(there);
        expect(arrived.size).toBe(made.length);
        for (const { workflowId, content } of made) expect(arrived.get(workflowId)).toStrictEqual(content);
        expect(await there.query("SELECT FROM workflow_entity WHERE active")).toEqual([]);
        await clear();
      }),
      // Every hostile text at least once as everything that a person may write.
      { numRuns: 60, examples: hostile.filter((attack) => attack.trim() && [...attack].length <= 36).map(everywhere) },
    );
    expect(await objects()).toEqual(before);
  });

  it("do nothing the second time, and leave what is live, its static data and its executions", async () => {
    await using there = await database();
    const [one, two] = chain("w1", named("One"), named("Two", { nodes: [node("Code", { jsCode: "return 2" })] }));
    if (!one || !two) throw new Error("two migrations");
    await there.migrate([one]);
    await there.query(
      `UPDATE workflow_entity SET active = true, "activeVersionId" = "versionId", "staticData" = '{"seen":1}'`,
    );
    await there.query(
      `INSERT INTO execution_entity (finished, mode, "startedAt", "createdAt", status, "workflowId")
       VALUES (true, 'webhook', now(), now(), 'success', 'w1')`,
    );
    const before = await there.query(`SELECT active, "activeVersionId", "staticData" FROM workflow_entity`);
    // Its publication fails as n8n does not run; that is another test's.
    await expect(there.migrate([one, two])).rejects.toThrow("nothing is to be published");
    expect(await there.query(`SELECT active, "activeVersionId", "staticData" FROM workflow_entity`)).toEqual(before);
    expect(await there.query("SELECT FROM execution_entity")).toHaveLength(1);
    expect(await there.query(`SELECT publish FROM migration_metadata ORDER BY 1`)).toEqual([
      { publish: "none" },
      { publish: "pending" },
    ]);
    expect(await there.query(`SELECT FROM workflow_history WHERE "workflowId" = 'w1'`)).toHaveLength(2);
    await there.query("UPDATE migration_metadata SET publish = 'done'");
    const counter = () => there.query(`SELECT "versionCounter", "updatedAt" FROM workflow_entity`);
    const settled = await counter();
    expect(await there.migrate([one, two])).toMatchObject({ applied: [], pending: 0, conflicts: [], problems: [] });
    expect(await counter()).toEqual(settled);
  });

  it("stop before anything where both sides were edited, and show it node by node", async () => {
    await using there = await database();
    const [one, two] = chain(
      "w1",
      named("One", { nodes: [node("A")] }),
      named("One", { nodes: [node("A", { jsCode: "theirs" })] }),
    );
    const [other] = chain("w2", named("Other"));
    if (!one || !two || !other) throw new Error("three migrations");
    await there.migrate([one]);
    await there.query(
      `UPDATE workflow_entity SET nodes = '[{"name":"A","type":"n8n-nodes-base.code","typeVersion":1,"parameters":{"jsCode":"ours"}}]'`,
    );
    const report = await there.migrate([one, two, { ...other, name: "20261122130000_other.sql" }]);
    expect(report).toMatchObject({
      applied: [],
      pending: 2,
      conflicts: [
        {
          migration: two.name,
          workflow: "One",
          kind: "changed",
          diff: '~ A (code)\n    parameters.jsCode: "ours" → "theirs"',
        },
      ],
    });
    expect((await contentsIn(there)).get("w1")?.nodes[0]?.parameters).toEqual({ jsCode: "ours" });

    const tolerant = await there.migrate([one, two, { ...other, name: "20261122130000_other.sql" }], {
      manner: "tolerant",
    });
    expect(tolerant).toMatchObject({ applied: ["20261122130000_other.sql"], pending: 1 });
    expect((await contentsIn(there)).get("w1")?.nodes[0]?.parameters).toEqual({ jsCode: "ours" });

    expect(
      await there.migrate([one, two, { ...other, name: "20261122130000_other.sql" }], {
        resolve: "theirs",
        outOfOrder: true,
      }),
    ).toMatchObject({ applied: [two.name], pending: 0 });
    expect((await contentsIn(there)).get("w1")?.nodes[0]?.parameters).toEqual({ jsCode: "theirs" });
  });

  it("are taken back to what was before a moment: edits of others stay, and they can be applied again", async () => {
    await using there = await database();
    const [orders, orders2, orders3] = chain(
      "w1",
      named("Orders"),
      named("Orders 2"),
      named("Orders 3", { tags: ["new"] }),
    );
    const [mail, mail2] = chain("w2", named("Mail"), named("Mail 2"));
    const [fresh] = chain("w3", named("Fresh"));
    if (!orders || !orders2 || !orders3 || !mail || !mail2 || !fresh) throw new Error("six migrations");
    const before = [orders, mail];
    const all = [...before, orders2, orders3, mail2, fresh];
    await there.migrate(before);
    const was = await contentsIn(there);
    await sleep(20);
    const since = new Date();
    await sleep(20);
    await there.migrate(all);
    await there.query("UPDATE workflow_entity SET name = 'Mail of mine' WHERE id = 'w2'");

    const { taken, said } = await there.takeBack(all, since);
    expect(taken.toSorted()).toEqual([orders2.name, orders3.name, fresh.name].toSorted());
    expect(said.join("\n")).toContain(`warning: ${mail2.name} was not taken back: "Mail 2" was edited since`);
    const now = await contentsIn(there);
    expect(now.get("w1")).toEqual(was.get("w1"));
    expect(now.get("w2")?.name).toBe("Mail of mine");
    expect(now.get("w3")?.name).toBe("Fresh");
    expect(await there.takeBack(all, since)).toMatchObject({ taken: [] });

    expect(await there.migrate(all, { outOfOrder: true })).toMatchObject({
      applied: [orders2.name, orders3.name],
      unchanged: [fresh.name],
      pending: 0,
      problems: [],
    });
    expect((await contentsIn(there)).get("w1")?.name).toBe("Orders 3");
  });

  it("let run what is here already, as they say it, and never did", async () => {
    await using there = await database();
    const [made] = chain("w1", named("Orders"));
    if (!made) throw new Error("a migration");
    await there.migrate([made]);
    await there.query("DELETE FROM migration_metadata");
    const live = { ...made, publish: true };
    expect(await there.migrate([live], { publish: false })).toMatchObject({ unchanged: [made.name], problems: [] });
    const [row] = await there.query<{ publish: string; runs: boolean }>(
      `SELECT m.publish, EXISTS (SELECT FROM workflow_history h WHERE h."versionId" = m.version_id AND h."versionId" = w."versionId") AS runs
       FROM migration_metadata m JOIN workflow_entity w ON w.id = m.workflow_id`,
    );
    expect(row).toEqual({ publish: "pending", runs: true });
    await there.query("DELETE FROM migration_metadata");
    expect(await there.migrate([live], { publish: false, mayBeLive: ["Another"] })).toMatchObject({ pending: 0 });
    expect(await there.query("SELECT publish FROM migration_metadata")).toEqual([{ publish: "none" }]);
  });

  it("are rehearsed without a trace", async () => {
    await using there = await database();
    const made = chain("w1", named("One", { tags: ["a"], folder: ["F"] }), named("Two"));
    const report = await there.migrate(made, { manner: "rehearse" });
    expect(report.applied).toHaveLength(2);
    for (const table of ["workflow_entity", "workflow_history", "tag_entity", "folder", "shared_workflow"]) {
      expect(await there.query(`SELECT FROM ${table}`), table).toEqual([]);
    }
    expect(await there.query("SELECT FROM pg_tables WHERE tablename = 'migration_metadata'")).toEqual([]);
  });

  it("name credentials that are missing, and make empty ones when told so", async () => {
    await using there = await database();
    const content = named("Mail", { nodes: [{ ...node("Send"), credentials: { smtp: { name: "Team mail" } } }] });
    const report = await there.migrate(chain("w1", content));
    expect(report).toMatchObject({ applied: [], pending: 1 });
    expect(report.problems.map(({ message }) => message)).toEqual([
      '"Mail" needs the credential "Team mail" (smtp), which is not here',
    ]);
    expect(await there.migrate(chain("w1", content), { createStubs: true })).toMatchObject({
      applied: [expect.any(String)],
    });
    const [row] = await there.query<{ nodes: { credentials: { smtp: { id: string } } }[] }>(
      "SELECT nodes FROM workflow_entity",
    );
    const [stub] = await there.query<{ id: string; data: string }>("SELECT id, data FROM credentials_entity");
    expect(row?.nodes[0]?.credentials.smtp).toEqual({ id: stub?.id, name: "Team mail" });
    expect(stub?.data).not.toContain("{}");
    expect(await there.query("SELECT role FROM shared_credentials")).toEqual([{ role: "credential:owner" }]);
  });

  it("go from one n8n to another with equal hashes: 1,000, 2 MB, renamed and archived ones; what is deleted is told, and stays", async () => {
    const name = `db${next}`;
    await using here = await database();
    await using there = await database();
    const insert = (id: string, nodes: readonly unknown[]) =>
      here.query(
        `INSERT INTO workflow_entity (id, name, active, nodes, connections, settings, "versionId")
         VALUES ($1, $1, false, $2, '{}', '{}', gen_random_uuid())`,
        [id, JSON.stringify(nodes)],
      );
    for (let index = 0; index < 1_000; index++) {
      await insert(
        `w${index}`,
        Array.from({ length: 30 }, (_, n) => node(`N ${n}`, { jsCode: `return ${index * n}` })),
      );
    }
    await insert("huge", [node("Big", { jsCode: "x".repeat(2_000_000) })]);
    process.env.PROD_DATABASE_URL = stage.url(name);
    await using installation = createInstallation("environments:\n  production: { kind: production }\n");
    delete process.env.PROD_DATABASE_URL;
    const history = () => installation.json<CreateReport>("n8n:create-history", "--all");
    const bring = () => there.migrate(new MigrationFolder(installation).files());
    const hashes = async (database: TestDatabase) =>
      new Map([...(await contentsIn(database))].map(([id, content]) => [id, contentHash(content)]));

    expect((await history()).created).toHaveLength(1_001);
    expect(await bring()).toMatchObject({ pending: 0, conflicts: [], problems: [] });
    const first = await hashes(here);
    expect(first.size).toBe(1_001);
    expect(await hashes(there)).toEqual(first);
    expect((await history()).created).toEqual([]);

    await here.query("UPDATE workflow_entity SET name = 'Renamed' WHERE id = 'w1'");
    await here.query(`UPDATE workflow_entity SET "isArchived" = true WHERE id = 'w2'`);
    await here.query("DELETE FROM workflow_entity WHERE id = 'w3'");
    const second = await history();
    expect(second.created.map(({ workflowId }) => workflowId)).toEqual(["w1", "w2"]);
    expect(second.deleted).toEqual([{ id: "w3", workflow: "w3" }]);
    expect(await bring()).toMatchObject({ applied: [expect.any(String), expect.any(String)], conflicts: [] });
    const [now, arrived] = [await hashes(here), await hashes(there)];
    expect(arrived.get("w3")).toBe(first.get("w3"));
    arrived.delete("w3");
    expect(arrived).toEqual(now);
    expect([now.get("w1"), now.get("w2")]).not.toEqual([first.get("w1"), first.get("w2")]);
  });

  it("bring 1,000 at once, 2 MB, renamed and archived ones with equal hashes, and delete nothing", async () => {
    await using there = await database();
    const thousand = Array.from({ length: 1_000 }, (_, index) => {
      const content = named(`W ${index}`, {
        nodes: Array.from({ length: 30 }, (_, n) => node(`N ${n}`, { jsCode: `return ${index * n}` })),
      });
      return { ...chain(`k${index}`, content)[0], name: `20261122120000_k${index}.sql` } as Migration;
    });
    const huge = chain("huge", named("Huge", { nodes: [node("Big", { jsCode: "x".repeat(2_000_000) })] }));
    const renamed = chain("renamed", named("Before"), named("After"));
    const archived = chain("archived", named("Old"), named("Old", { isArchived: true }));
    const all = [...thousand, ...huge, ...renamed, ...archived].toSorted((a, b) => (a.name < b.name ? -1 : 1));
    expect(huge[0]?.isLarge).toBe(true);
    expect(await there.migrate(all)).toMatchObject({ pending: 0, conflicts: [], problems: [] });
    const arrived = await contentsIn(there);
    const newest = new Map(all.map(({ workflowId, hash }) => [workflowId, hash]));
    for (const [id, hash] of newest) {
      const content = arrived.get(id);
      expect(content && contentHash(content), id).toBe(hash);
    }
    await there.query("DELETE FROM workflow_entity WHERE id = 'k0'");
    expect(await there.migrate(all)).toMatchObject({ applied: [], pending: 0 });
    expect((await contentsIn(there)).has("k0")).toBe(false);
    const again = { ...chain("k0", named("W 0"), named("W 0b"))[1], name: "20261122130000_k0.sql" } as Migration;
    expect((await there.migrate([...all, again])).conflicts).toMatchObject([{ kind: "deleted", workflowId: "k0" }]);
  });

  it("stop at a file that cannot be read, and where they may not, say so and apply what is before it", async () => {
    await using there = await database();
    const [good] = chain("w1", named("One"));
    const [late] = chain("w2", named("Late"));
    if (!good || !late) throw new Error("two migrations");
    const broken: MigrationFile = {
      ...fileOf({ ...good, name: "20261122120001_broken.sql" }),
      parse: () => parseMigration("20261122120001_broken.sql", "DROP TABLE workflow_entity;\n"),
    };
    const all = [good, broken, { ...late, name: "20261122120002_late.sql" }];
    await expect(there.migrate(all)).rejects.toThrow("20261122120001_broken.sql is no workflow migration");
    expect(await there.query("SELECT FROM workflow_entity")).toEqual([]);
    const report = await there.migrate(all, { manner: "tolerant" });
    expect(report).toMatchObject({
      applied: [good.name],
      pending: 2,
      problems: [{ message: expect.stringContaining("broken.sql") }],
    });
  });

  it("are applied by one run at a time", async () => {
    await using there = await database();
    const other = await stage.connect(`db${next - 1}`);
    await other.query("SELECT pg_advisory_lock(8247193310)");
    await expect(there.migrate(chain("w1", named("One")))).rejects.toThrow(
      "Somebody else applies migrations to staging now",
    );
    await other.close();
  });

  it("give way to whoever saves a workflow meanwhile, and lose nothing of theirs", async () => {
    await using there = await database();
    const [one, two] = chain("w1", named("One"), named("Two"));
    if (!one || !two) throw new Error("two migrations");
    await there.migrate([one]);
    const editor = await stage.connect(`db${next - 1}`);
    await editor.query("BEGIN");
    await editor.query("UPDATE workflow_entity SET name = 'Edited'");
    const running = there.migrate([one, two]);
    await editor.query("SELECT pg_sleep(1)");
    await editor.query("COMMIT");
    await editor.close();
    await expect(running).rejects.toThrow('somebody saved "Two" in n8n meanwhile');
    expect(await there.query("SELECT name FROM workflow_entity")).toEqual([{ name: "Edited" }]);
    expect(await there.query("SELECT FROM migration_metadata")).toHaveLength(1);
  });

  it.each([
    [
      "a database that is not n8n's",
      "CREATE TABLE orders ()",
      /is not n8n's: it has no table "public"."workflow_entity"/,
    ],
    ["tables with a prefix", "CREATE TABLE my_workflow_entity ()", /are not where they are looked for/],
    ["an n8n before its version was noted", "CREATE TABLE workflow_entity (id text)", /of this age.*is not known here/],
  ])("refuse %s", async (_, statement, said) => {
    const name = `other${next++}`;
    const session = await stage.empty(name);
    await session.query(statement);
    await expect(openTables(session)).rejects.toThrow(said);
    await expect(openTables(session)).rejects.toBeInstanceOf(UserError);
    await session.close();
  });

  it("refuse an n8n of a later major version", async () => {
    await using there = await database();
    await there.query("INSERT INTO instance_version_history (major, minor, patch) VALUES (3, 0, 0)");
    await there.query(`UPDATE instance_version_history SET "createdAt" = now() + interval '1 hour' WHERE major = 3`);
    await expect(there.tables()).rejects.toThrow("n8n 3.0.0 is not known here, only 2.x");
  });
});

/** A migration that has a text wherever one may be. */
function everywhere(attack: string): [Migration[]] {
  const short = [...attack].slice(0, 24).join("");
  const content = exampleContent({
    name: attack,
    description: attack,
    nodes: [
      { ...node(attack, { [attack]: attack }), credentials: { [attack]: { name: attack } }, notes: attack } as Node,
    ],
    connections: { [attack]: { [attack]: [[{ node: attack, type: attack, index: 0 }]] } },
    settings: { timezone: attack },
    nodeGroups: [{ [attack]: attack }],
    tags: [short],
    folder: [attack, attack],
  });
  const text = {
    workflowId: attack,
    environment: attack,
    n8nVersion: `2.41.1${attack}`,
    project: attack,
    notes: attack,
  };
  return [[exampleMigration({ ...text, content })]];
}
