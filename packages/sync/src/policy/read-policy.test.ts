import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readPolicy } from "./read-policy.ts";

describe("the policy of an installation", () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "policy-"));
  });
  afterEach(() => rmSync(root, { recursive: true }));

  const read = (text: string, profile?: "laptop" | "server") => {
    writeFileSync(join(root, "sanitize.yml"), text);
    return readPolicy({ root }, profile);
  };
  const user = (text: string) => read(text).databases.n8n?.tables["public.user"];

  it("knows the services without any file", () => {
    const { databases, n8n } = readPolicy({ root });
    expect(Object.keys(databases)).toEqual(["n8n", "letta", "openwebui"]);
    expect(n8n).toEqual({ activeWorkflows: [], executions: "drop", credentials: "stub" });
    expect(databases.n8n?.tables["public.user_api_keys"]?.rows).toBe("drop");
  });

  it("lays the file over them, column by column", () => {
    const rule = user("databases: { n8n: { tables: { public.user: { columns: { firstName: null } } } } }");
    expect(rule?.columns.firstName).toMatchObject({ kind: "null", source: expect.stringContaining("sanitize.yml:1") });
    expect(rule?.columns.email).toMatchObject({
      masker: "email",
      source: expect.stringMatching(/^policies\/n8n.yml:/),
    });
  });

  it("lays paths of documents over each other one by one", () => {
    const { databases } = read(
      "databases: { n8n: { tables: { public.workflow_entity: { columns: { nodes: { json: { '$[*].name': text, $.new: keep } } } } } } }",
    );
    const nodes = databases.n8n?.tables["public.workflow_entity"]?.columns.nodes;
    const paths = nodes?.kind === "json" ? nodes.paths : [];
    const said = Object.fromEntries(paths.map(({ path, rule }) => [path, rule.kind]));
    expect(said).toMatchObject({ $: "mask", "$[*].id": "keep", "$[*].name": "mask", "$.new": "keep" });
    expect(paths).toHaveLength(Object.keys(said).length);
  });

  it("takes the file's word for a table whose rows are left out, on either side", () => {
    expect(user("databases: { n8n: { tables: { public.user: drop } } }")?.columns).toEqual({});
    const { databases } = read("databases: { n8n: { tables: { public.agents: { columns: { id: keep } } } } }");
    expect(databases.n8n?.tables["public.agents"]).toMatchObject({ rows: "copy", columns: { id: { kind: "keep" } } });
  });

  it("gives a laptop neither executions nor credentials, whatever the file says", () => {
    const text = "n8n: { executions: keep, credentials: re-encrypt, activeWorkflows: [a] }";
    const laptop = read(text);
    expect(laptop.n8n).toEqual({ activeWorkflows: ["a"], executions: "drop", credentials: "stub" });
    expect(laptop.databases.n8n?.tables["public.execution_data"]?.rows).toBe("drop");
    const server = read(text, "server");
    expect(server.n8n).toMatchObject({ executions: "keep", credentials: "re-encrypt" });
    expect(server.databases.n8n?.tables["public.execution_data"]?.rows).toBe("copy");
  });
});
