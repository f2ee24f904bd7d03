import { describe, expect, it } from "vitest";
import { contentHash } from "../content/hash.ts";
import type { Summary } from "../file/folder.ts";
import { inlineLimit } from "../file/migration.ts";
import { exampleContent } from "../testing/example.ts";
import { type Making, planMigration } from "./plan-migration.ts";

const content = exampleContent();
const stored = {
  ...content,
  id: "w",
  activeVersionId: null,
  versionId: "v",
  teamProject: null,
  updatedAt: new Date("2026-11-22T11:59:59.999Z"),
};
const summary = (name: string, hash: string): Summary => ({
  ...{ name, hash, environment: "elsewhere", workflowId: "w", workflow: "Orders", source: "dev" },
});
const plan = (over: Partial<Making> = {}) =>
  planMigration({
    ...{ stored, content, earlier: [], has: () => true, publish: false, notes: undefined },
    ...{ timestamp: "20261122120000", taken: new Set<string>() },
    from: { environment: "staging", source: "dev", n8nVersion: "2.41.1" },
    ...over,
  });
const production = { environment: "production", source: "prod", n8nVersion: "2.41.1" } as const;

describe("a migration of a workflow", () => {
  it("is its first", () => {
    expect(plan()).toMatchObject({
      kind: "new",
      migration: {
        name: "20261122120000_orders.sql",
        basedOn: undefined,
        hash: contentHash(content),
        lastUpdated: new Date("2026-11-22T11:59:59Z"),
        isLarge: false,
      },
    });
  });

  it("is based on the newest that its environment has", () => {
    const earlier = [summary("1.sql", "a"), summary("2.sql", "b")];
    expect(plan({ earlier })).toMatchObject({ migration: { basedOn: "b" } });
    const has = ({ name }: Summary) => name === "1.sql";
    expect(plan({ earlier, has, from: production })).toMatchObject({ migration: { basedOn: "a" } });
  });

  it("is not made where nothing changed", () => {
    expect(plan({ earlier: [summary("1.sql", contentHash(content))] })).toEqual({ kind: "unchanged", name: "1.sql" });
  });

  it("is not made over one that its environment does not have yet", () => {
    const earlier = [summary("1.sql", "a"), summary("2.sql", "b")];
    expect(plan({ earlier, has: ({ name }) => name === "1.sql" })).toEqual({ kind: "behind", name: "2.sql" });
  });

  it("from production goes by what production has, whatever waits for it", () => {
    const earlier = [summary("1.sql", "a"), summary("2.sql", "b")];
    const has = ({ name }: Summary) => name === "1.sql";
    expect(plan({ earlier, has, from: production })).toMatchObject({
      migration: { name: "20261122120000_prod_sync_orders.sql", basedOn: "a", source: "prod" },
    });
    const same = [summary("1.sql", contentHash(content)), summary("2.sql", "b")];
    expect(plan({ earlier: same, has, from: production })).toEqual({ kind: "unchanged", name: "1.sql" });
  });

  it("of an archived workflow switches nothing on", () => {
    const archived = { ...content, isArchived: true };
    expect(plan({ content: archived, publish: true })).toMatchObject({ migration: { publish: false } });
    expect(plan({ publish: true })).toMatchObject({ migration: { publish: true } });
  });

  it("has a file of its own for what is too long to read", () => {
    const [node] = content.nodes;
    const large = exampleContent({ nodes: node ? [{ ...node, parameters: { text: "x".repeat(inlineLimit) } }] : [] });
    expect(plan({ content: large })).toMatchObject({ migration: { isLarge: true } });
  });
});
