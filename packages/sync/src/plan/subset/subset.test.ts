import type { Column, ForeignKey, Table } from "@understudy/postgres";
import { describe, expect, it } from "vitest";
import type { ColumnPlan, TablePlan } from "../table-plan.ts";
import { subset } from "./subset.ts";

function column(name: string, type = "integer"): Column {
  return { name, type, shape: { base: type, kind: "base" } } as Column;
}

function key(columns: string[], references: string, referencedColumns = ["id"]): ForeignKey {
  return { name: `${columns}_fkey`, columns, references: `public.${references}`, referencedColumns };
}

function plan(name: string, table: Partial<Table>, rest: Partial<TablePlan> = {}): TablePlan {
  const {
    foreignKeys = [],
    columns = [column("id"), ...foreignKeys.flatMap((one) => one.columns.map((of) => column(of)))],
  } = table;
  return {
    table: {
      ...{ id: `public.${name}`, schema: "public", name, kind: "table", parents: [], estimatedRows: 5_000, pages: 50 },
      ...{ uniques: [{ primary: true, columns: ["id"] }], foreignKeys, columns, ...table },
    } as Table,
    action: "copy",
    because: "sanitize.yml:1",
    where: undefined,
    columns: columns.map((one) => ({ column: one, action: "keep" }) as ColumnPlan),
    ...rest,
  };
}

const where = (plans: TablePlan[], share?: number) =>
  Object.fromEntries(subset(plans, share).map(({ table, where }) => [table.name, where?.replaceAll(/\s+/g, " ")]));

const customers = plan("customers", {});
const orders = plan("orders", { foreignKeys: [key(["customer"], "customers")] });

/** -2⁶³ and 5 % of 2⁶⁴, but for the last bits. */
const sample = (table: string, columns = `"${table}"."id"`) =>
  `pg_catalog.hashtextextended(ROW(${columns})::text COLLATE "C", 0) < -8301034833169297408`;

describe("a subset", () => {
  it("is everything where nothing is asked", () => {
    const plans = [customers, orders, plan("employees", { foreignKeys: [key(["boss"], "employees")] })];
    expect(subset(plans, undefined)).toEqual(plans);
    expect(subset(plans, 1)).toEqual(plans);
  });

  it("leaves out what refers to rows that a filter leaves out", () => {
    expect(where([{ ...customers, where: "country = 'DE'" }, orders])).toEqual({
      customers: "(country = 'DE')",
      orders:
        'NOT EXISTS (SELECT FROM (WITH RECURSIVE "set 1" AS (SELECT "customers"."id" FROM ONLY "public"."customers" ' +
        `WHERE (country = 'DE') IS NOT TRUE) SELECT * FROM "set 1") AS found WHERE found."id" = "orders"."customer")`,
    });
  });

  it("lets a filter of a child alone decide over the child", () => {
    expect(where([customers, { ...orders, where: "total > 5" }])).toEqual({
      customers: undefined,
      orders: "(total > 5)",
    });
  });

  it("samples by primary key, and adds what is referred to", () => {
    expect(where([customers, orders], 0.05)).toEqual({
      orders: sample("orders"),
      customers:
        `"customers"."ctid" IN (WITH RECURSIVE "set 1" AS (SELECT "orders"."customer" FROM ONLY "public"."orders" WHERE ${sample("orders")}) ` +
        `SELECT "customers"."ctid" FROM ONLY "public"."customers" WHERE ${sample("customers")} ` +
        `UNION ALL SELECT "customers"."ctid" FROM ONLY "public"."customers" ` +
        `WHERE EXISTS (SELECT FROM "set 1" AS found WHERE "customers"."id" = found."customer"))`,
    });
  });

  it("samples whole rows of tables without a primary key, and takes small tables whole", () => {
    const columns = [column("at"), column("text", "text")];
    expect(where([plan("log", { uniques: [], columns })], 0.05)).toEqual({
      log: sample("log", '"log"."at", "log"."text"'),
    });
    expect(where([plan("countries", { estimatedRows: 999 })], 0.05)).toEqual({ countries: undefined });
    expect(where([plan("unknown", { estimatedRows: -1, pages: 9 })], 0.05)).toEqual({ unknown: undefined });
    expect(where([plan("unknown", { estimatedRows: -1, pages: 10 })], 0.05)).toEqual({ unknown: sample("unknown") });
  });

  it("counts a partitioned table as one, and reads its keys from all of its partitions", () => {
    const parts = ["a", "b"].map((name) =>
      plan(`customers_${name}`, { kind: "partition", parents: ["public.customers"], estimatedRows: 600 }),
    );
    const parent = plan("customers", { kind: "partitioned", estimatedRows: -1, pages: 0 });
    const { customers_a, customers } = where([parent, ...parts, orders], 0.05);
    expect(customers).toBeUndefined();
    expect(customers_a).toContain(`FROM ONLY "public"."customers_a" WHERE ${sample("customers_a")}`);
    const filtered = parts.map((one, index) => ({ ...one, where: index ? "old" : undefined }));
    expect(where([parent, ...filtered, orders]).orders).toContain(
      `SELECT "customers"."id" FROM "public"."customers" WHERE ("customers"."tableoid" IN ('"public"."customers_a"'::regclass) AND (true) ` +
        `OR "customers"."tableoid" IN ('"public"."customers_b"'::regclass) AND (old)) IS NOT TRUE`,
    );
  });

  it("reads a partitioned table that has no partitions yet", () => {
    const empty = plan("archive", { kind: "partitioned", foreignKeys: [key(["order"], "orders")] });
    const plans = [{ ...customers, where: "old" }, orders, empty];
    expect(where(plans, 0.05).orders).toContain('SELECT "archive"."order" FROM "public"."archive")');
  });

  it("follows no key whose column becomes NULL, and none to a table without its rows", () => {
    const nulled = orders.columns.map(
      (one) => ({ ...one, action: one.column.name === "customer" ? "null" : "keep" }) as ColumnPlan,
    );
    expect(
      where([
        { ...customers, where: "old" },
        { ...orders, columns: nulled },
      ]).orders,
    ).toBeUndefined();
    expect(where([{ ...customers, action: "drop rows" }, orders]).orders).toBeUndefined();
  });

  it("compares values of types that are not Postgres' own by their own equality", () => {
    const columns = [column("id", "public.citext")];
    const logins = plan("logins", {
      columns: [column("id"), column("name", "public.citext")],
      foreignKeys: [key(["name"], "people")],
    });
    expect(where([plan("people", { columns }), logins], 0.05).people).toContain(
      'WHERE "people"."id" IS NOT NULL AND ARRAY["people"."id"] = ARRAY[found."name"])',
    );
  });
});
