import { describe, expect, it } from "vitest";
import type { MigrationFile } from "../file/folder.ts";
import type { Migration } from "../file/migration.ts";
import { parseMigration } from "../file/parse.ts";
import { renderMigration } from "../file/render.ts";
import { exampleContent, exampleMigration } from "../testing/example.ts";
import { idProblems, structureProblems } from "./structure.ts";
import { validate } from "./validate.ts";

const fileOf = (made: Migration, alter = (sql: string) => sql): MigrationFile => ({
  name: made.name,
  checksum: "",
  parse: () => parseMigration(made.name, alter(renderMigration(made).sql)),
  summary: () => ({ ...made, workflow: made.content.name }),
});
const messages = (...files: MigrationFile[]) => validate(files, []).map(({ message }) => message);
const node = (name: string, parameters = {}, id = name) => ({
  id,
  name,
  type: "n8n-nodes-base.executeWorkflow",
  typeVersion: 1,
  parameters,
});

describe("what CI looks at", () => {
  const first = exampleMigration({ name: "20261122120000_orders.sql" });
  const second = exampleMigration({
    name: "20261122120001_orders.sql",
    basedOn: first.hash,
    content: exampleContent({ name: "Orders 2" }),
  });

  it("passes what is as it should be", () => {
    expect(messages(fileOf(first), fileOf(second))).toEqual([]);
  });

  it("names a file that was edited, and goes on with the others", () => {
    const found = messages(
      fileOf(first, (sql) => `${sql}DELETE FROM x;\n`),
      fileOf(second),
    );
    expect(found).toHaveLength(2);
    expect(found[0]).toMatch(/^20261122120000_orders\.sql:\d+ is not as n8n:create-migration wrote it$/);
  });

  it("finds what is based on nothing, and two that are based on the same", () => {
    expect(messages(fileOf(second))).toEqual([
      '"Orders 2": 20261122120001_orders.sql is based on a state that no migration before it has',
    ]);
    const sibling = { ...second, name: "20261122120002_orders.sql" };
    expect(messages(fileOf(first), fileOf(second), fileOf(sibling))).toEqual([
      '"Orders 2": 20261122120002_orders.sql and 20261122120001_orders.sql are based on the same state, so only one of them can be applied',
    ]);
  });

  it("finds calls of workflows that no migration has", () => {
    const caller = exampleMigration({
      workflowId: "a",
      content: exampleContent({ nodes: [node("Call", { workflowId: "b" })] }),
    });
    expect(messages(fileOf(caller))).toEqual(['"Orders" calls workflow b, which no migration has']);
    const called = exampleMigration({ workflowId: "b", name: "20261122120001_b.sql" });
    expect(messages(fileOf(caller), fileOf(called))).toEqual([]);
  });

  it("finds secrets, and shows no more than their beginning", () => {
    const leaky = exampleMigration({ content: exampleContent({ nodes: [node("Call", { password: "hunter22" })] }) });
    expect(messages(fileOf(leaky))).toEqual(['"Orders" has a secret in it: Call: parameters.password (hun…)']);
  });
});

describe("the structure of a workflow", () => {
  it("is what n8n needs", () => {
    const connections = { A: { main: [[{ node: "X", type: "main", index: 0 }]] }, D: { main: [[]] } };
    const nodes = [node("A"), node("A"), node("A")];
    expect(structureProblems(exampleContent({ name: " ", nodes, connections }))).toEqual([
      "it has no name",
      'more than one node is called "A"',
      'a connection ends at "X", which is no node',
    ]);
    expect(structureProblems(exampleContent({ name: "🚀".repeat(128) }))).toEqual([]);
    expect(structureProblems(exampleContent({ name: "x".repeat(129) }))).toEqual([
      "its name has more than 128 characters",
    ]);
  });

  it("has an id of its own for each node", () => {
    const nodes = [node("A"), node("B", {}, ""), node("C", {}, "A")];
    expect(idProblems(exampleContent({ nodes }))).toEqual(['node "B" has no id', 'node "C" has the id of another one']);
  });

  it("may lack ids where it is not published", () => {
    const content = exampleContent({ nodes: [node("Call", {}, "")] });
    expect(messages(fileOf(exampleMigration({ content, publish: true })))).toEqual(['"Orders": node "Call" has no id']);
    expect(messages(fileOf(exampleMigration({ content, publish: false })))).toEqual([]);
  });
});
