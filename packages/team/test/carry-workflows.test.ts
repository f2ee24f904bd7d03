import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { contentHash } from "../../workflows/src/content/hash.ts";
import { exampleContent, exampleMigration } from "../../workflows/src/testing/example.ts";
import { N8nStage, type TestDatabase } from "../../workflows/test/support/n8n-stage.ts";
import { carryWorkflows } from "../src/import/carry-workflows.ts";

const content = exampleContent({ tags: ["daily"], folder: ["Shop", "Orders"] });
const first = exampleMigration({ content });
const { workflowId: id } = first;
/** What somebody made of it. */
const second = exampleMigration({
  content: { ...content, description: "Twice a day" },
  name: "20261122120001_orders.sql",
  basedOn: contentHash(content),
});
const all = { withCredentials: true, mayBeLive: undefined };

describe("workflows that are carried from one n8n's database to another", () => {
  let stage: N8nStage;
  let next = 0;
  beforeAll(async () => {
    stage = await N8nStage.open();
  });
  afterAll(() => stage[Symbol.asyncDispose]());

  /** Each test's own two. */
  const inTwo = async (act: (mine: TestDatabase, theirs: TestDatabase) => Promise<void>) => {
    await using mine = await stage.database(`mine${next}`);
    await using theirs = await stage.database(`theirs${next++}`);
    await act(mine, theirs);
  };
  const carry = (from: TestDatabase, to: TestDatabase, options: Partial<Parameters<typeof carryWorkflows>[2]> = {}) =>
    carryWorkflows(from.session, to.session, { ids: [id], ...all, ...options });
  const publish = (database: TestDatabase) =>
    database.query(`UPDATE workflow_entity SET active = true, "activeVersionId" = "versionId"`);
  const isLive = async (database: TestDatabase) => {
    const [row] = await database.query<{ live: boolean }>(
      `SELECT active AND "activeVersionId" IS NOT NULL AS live FROM workflow_entity WHERE id = $1`,
      [id],
    );
    return row?.live;
  };
  const count = async (database: TestDatabase, from: string) => {
    const [row] = await database.query<{ count: number }>(`SELECT count(*) FROM ${from}`);
    return row?.count;
  };

  it("bring folder and tags along, and which of their migrations they have", () =>
    inTwo(async (mine, theirs) => {
      await mine.migrate([first]);
      await carry(mine, theirs);
      expect(await theirs.migrate([first])).toMatchObject({ applied: [], unchanged: [], pending: 0, problems: [] });
      expect(await theirs.migrate([first, second])).toMatchObject({ applied: [second.name], conflicts: [] });
    }));

  it("forget migrations that only the other one had", () =>
    inTwo(async (mine, theirs) => {
      await mine.migrate([first]);
      await theirs.migrate([first, second]);
      await carry(mine, theirs);
      expect(await theirs.migrate([first, second])).toMatchObject({ applied: [second.name], conflicts: [] });
    }));

  it("are gone where they are gone, with what hangs on them, and stay noted as migrated", () =>
    inTwo(async (mine, theirs) => {
      for (const database of [mine, theirs]) await database.migrate([first]);
      await theirs.query(
        `INSERT INTO execution_entity (finished, mode, "startedAt", status, "workflowId") VALUES (true, 'manual', now(), 'success', $1)`,
        [id],
      );
      await publish(theirs);
      await mine.query("DELETE FROM workflow_entity");
      await carry(mine, theirs);
      const left = ["workflow_entity", "workflow_history", "shared_workflow", "execution_entity"];
      for (const table of left) expect(await count(theirs, table), table).toBe(0);
      expect(await theirs.migrate([first])).toMatchObject({ applied: [], pending: 0 });
    }));

  it("are registered anew by n8n: what it noted of their triggers goes", () =>
    inTwo(async (mine, theirs) => {
      for (const database of [mine, theirs]) {
        await database.migrate([first]);
        await publish(database);
      }
      await theirs.query(
        `INSERT INTO workflow_publication_trigger_status ("workflowId", "nodeId", "versionId", status, "triggerKind")
         SELECT id, 'node', "versionId", 'activated', 'persisted' FROM workflow_entity`,
      );
      await carry(mine, theirs);
      expect(await isLive(theirs)).toBe(true);
      expect(await count(theirs, "workflow_publication_trigger_status")).toBe(0);
    }));

  it("bring credentials that they name and the other lacks, for whom the workflow is, and leave the rest", () =>
    inTwo(async (mine, theirs) => {
      const nodes = content.nodes.map((node) => ({ ...node, credentials: { smtp: { name: "Mail" } } }));
      const mail = await mine.credential("smtp", "Mail");
      await mine.credential("smtp", "Another");
      await mine.migrate([exampleMigration({ content: { ...content, nodes } })]);
      await carry(mine, theirs);
      expect(await theirs.query("SELECT id, name, data FROM credentials_entity")).toEqual([
        { id: mail, name: "Mail", data: "x" },
      ]);
      expect(await count(theirs, "shared_credentials WHERE role = 'credential:owner'")).toBe(1);
      await carry(mine, theirs);
      expect(await count(theirs, "shared_credentials")).toBe(1);
    }));

  it("stay as they were when anything fails", () =>
    inTwo(async (mine, theirs) => {
      await mine.migrate([first]);
      await theirs.query(`UPDATE "user" SET "roleSlug" = 'global:member'`);
      await expect(carry(mine, theirs)).rejects.toThrow("n8n has no owner yet");
      expect(await count(theirs, "workflow_entity")).toBe(0);
    }));

  describe("where the data is a copy of production's", () => {
    it.each([
      { mayBeLive: [], wasLive: false, off: ["Orders"] },
      { mayBeLive: ["Orders"], wasLive: false, off: [] },
      { mayBeLive: [], wasLive: true, off: [] },
    ])("are off, and named, unless the policy names them or they were live there: $mayBeLive $wasLive", (given) =>
      inTwo(async (mine, theirs) => {
        await mine.migrate([first]);
        await publish(mine);
        if (given.wasLive) {
          await theirs.migrate([first]);
          await publish(theirs);
        }
        expect(await carry(mine, theirs, { mayBeLive: given.mayBeLive })).toEqual(given.off);
        expect(await isLive(theirs)).toBe(given.off.length === 0);
        expect(await isLive(mine)).toBe(true);
      }),
    );
  });
});
