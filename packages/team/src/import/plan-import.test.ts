import { describe, expect, it } from "vitest";
import { someMetadata } from "../archive/testing.ts";
import { describePlan, planImport } from "./plan-import.ts";

const database = (name: string) => ({
  ...{ name, roles: [], leftOut: [], migration: null, tables: [], structure: {}, sequences: [] },
  largeObjects: { count: 0, bytes: 0 },
  properties: {
    ...{ owner: name, encoding: "UTF8", provider: "c" as const, collate: "C", ctype: "C", locale: null },
    ...{ limit: -1, grants: [], settings: [] },
  },
});
const workflow = { id: "a", name: "one", active: true, updatedAt: "2026-11-22T10:00:00.000Z", sha256: "0".repeat(64) };
const metadata = someMetadata(
  {},
  { databases: [database("app"), database("n8n")], workflows: [workflow], volumes: ["neo4j-data"] },
);

describe("the plan of an import", () => {
  it("takes everything unless told", () => {
    const plan = planImport(metadata, undefined);
    expect([...plan.wanted].sort()).toEqual([
      ...["credentials.json", "databases/app.sql", "databases/n8n.sql", "volumes/neo4j-data.tar"],
    ]);
    expect(describePlan(plan, "staging")[0]).toBe(
      "restore databases app, n8n and volumes neo4j-data beside the live data, and compare them with the archive",
    );
  });

  it("leaves volumes alone with --only database", () => {
    const plan = planImport(metadata, "database");
    expect([plan.volumes, [...plan.wanted].sort()]).toEqual([
      [],
      ["credentials.json", "databases/app.sql", "databases/n8n.sql"],
    ]);
  });

  it("reads n8n's database alone with --only workflows, and no credential", () => {
    const plan = planImport(metadata, "workflows");
    expect([...plan.wanted]).toEqual(["databases/n8n.sql"]);
    expect(() => planImport(someMetadata({}), "workflows")).toThrow("The archive has no workflows");
  });
});
