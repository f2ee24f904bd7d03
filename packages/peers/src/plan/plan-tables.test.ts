import { describe, expect, it } from "vitest";
import type { Look, LookTable } from "./look.ts";
import { planTables } from "./plan-tables.ts";

describe("the plan of tables", () => {
  it("carries the columns that both have, by the target's primary key", () => {
    const source = table("people", { id: "integer", name: "text", phone: "text", full: "text" });
    const target = table("people", { id: "integer", name: "text", fax: "text", full: "text" });
    generated(target, "full");
    const [plan] = planTables(look(source), look(target)).tables;
    expect(plan).toMatchObject({ columns: ["id", "name"], key: ["id"], mode: "upsert" });
    expect(plan?.notes).toEqual([
      "the target has no column phone: left out",
      "only the target has column fax: new rows get the default",
    ]);
  });

  it("carries another type as text, and does not compare it between the servers", () => {
    const plan = planTables(
      look(table("t", { id: "integer", n: "integer" })),
      look(table("t", { id: "integer", n: "numeric" })),
    );
    expect(plan.tables[0]).toMatchObject({ columns: ["id", "n"], compared: ["id"] });
    expect(plan.tables[0]?.notes).toEqual([
      "n is integer here and numeric there: carried as text, and sent whole every time",
    ]);
  });

  it("lets an identity that is GENERATED ALWAYS and no key into new rows only, and neither compares nor updates it", () => {
    const identity = (how: LookTable["columns"][number]["identity"]): LookTable => {
      const one = table("t", { id: "integer", n: "bigint" });
      return {
        ...one,
        columns: one.columns.map((column) => ({ ...column, identity: column.name === "n" ? how : null })),
      };
    };
    const [always] = planTables(look(identity("by default")), look(identity("always"))).tables;
    expect(always).toMatchObject({ columns: ["id", "n"], onlyInserted: ["n"], compared: ["id"] });
    expect(always?.notes).toEqual(["n is GENERATED ALWAYS there: new rows get the source's, others keep theirs"]);
    const [byDefault] = planTables(look(identity("always")), look(identity("by default"))).tables;
    expect(byDefault).toMatchObject({ columns: ["id", "n"], onlyInserted: [], compared: ["id", "n"], notes: [] });
    const key = { ...identity("always"), keys: [{ name: "pkey", primary: true, columns: ["n"], notNull: true }] };
    expect(planTables(look(key), look(key)).tables[0]).toMatchObject({ key: ["n"], onlyInserted: [] });
  });

  it("falls back to a unique index, and then to insert-and-skip", () => {
    const keyed = (key: string, primary: boolean, notNull = true): LookTable => ({
      ...table("t", { a: "text", b: "text" }),
      keys: [{ name: key, primary, columns: [key], notNull }],
    });
    const plan = (source: LookTable, target: LookTable) => planTables(look(source), look(target)).tables[0];
    expect(plan(keyed("a", false), keyed("a", false))).toMatchObject({ key: ["a"], mode: "upsert" });
    // One row could meet two.
    expect(plan(keyed("b", false), keyed("a", true))).toMatchObject({ key: [], mode: "insert-and-skip" });
    expect(plan(keyed("a", false, false), keyed("a", false, false))).toMatchObject({ mode: "insert-and-skip" });
  });

  it("leaves out what settings name, what the target lacks and what is each server's own, and says why", () => {
    const tables = [
      table("a", { id: "integer" }),
      table("b", { id: "integer" }),
      table("sync_state", { id: "integer" }),
    ];
    const source = { ...look(...tables, table("d", { id: "integer" })), leaveOut: ["public.d"] };
    const target = { ...look(table("b", { id: "integer" }), ...tables.slice(2)), leaveOut: ["public.b"] };
    const plan = planTables(source, target);
    expect(plan.tables).toEqual([]);
    expect(plan.leftOut).toEqual([
      { table: "public.a", reason: "the target has no such table" },
      { table: "public.b", reason: "peers.leaveOut of the target names it" },
      { table: "public.sync_state", reason: "each server has its own" },
      { table: "public.d", reason: "peers.leaveOut of the source names it" },
    ]);
  });

  it("orders tables by the target's foreign keys, and groups a circle", () => {
    const refer = (one: LookTable, to: string): LookTable => ({
      ...one,
      foreignKeys: [{ name: "fk", columns: ["id"], references: `public.${to}`, referencedColumns: ["id"] }],
    });
    const [a, b, c] = ["a", "b", "c"].map((name) => table(name, { id: "integer" })) as [
      LookTable,
      LookTable,
      LookTable,
    ];
    const plan = planTables(look(a, b, c), look(refer(a, "c"), refer(b, "a"), c));
    expect(plan.tables.map(({ table, group }) => [table, group])).toEqual([
      ["public.c", 0],
      ["public.a", 1],
      ["public.b", 2],
    ]);
    const circle = planTables(look(a, b), look(refer(a, "b"), refer(b, "a")));
    expect(circle.tables.map(({ group }) => group)).toEqual([0, 0]);
    expect(circle.tables[0]?.notes[0]).toMatch(/circle/);
  });
});

function table(name: string, columns: Readonly<Record<string, string>>): LookTable {
  return {
    id: `public.${name}`,
    schema: "public",
    name,
    kind: "table",
    columns: Object.entries(columns).map(([column, type]) => ({
      name: column,
      type,
      base: type,
      array: false,
      notNull: column === "id",
      generated: false,
      identity: null,
    })),
    keys: "id" in columns ? [{ name: "pkey", primary: true, columns: ["id"], notNull: true }] : [],
    foreignKeys: [],
    captured: false,
    bytes: 8_192,
    estimatedRows: 10,
  };
}

function generated(one: LookTable, name: string): void {
  const column = one.columns.find((column) => column.name === name);
  if (column) column.generated = true;
}

function look(...tables: LookTable[]): Look {
  return {
    database: "app",
    serverVersion: 170_006,
    role: { name: "postgres", superuser: true },
    tables,
    notCarried: [],
    fingerprint: "",
    freeBytes: 1e12,
    clock: 0,
    leaveOut: [],
  };
}
