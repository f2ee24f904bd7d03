import { type Connection, quoteName, quoteTable, readCatalog } from "@understudy/postgres";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Pair, startPair } from "../../data/test/support/pair.ts";
import { keepEverything } from "../src/plan/keep-everything.ts";
import { subset } from "../src/plan/subset/subset.ts";
import type { TablePlan } from "../src/plan/table-plan.ts";
import { expectedRows, type Ids } from "./subset/expected.ts";
import {
  createStatements,
  dropKeyStatements,
  keyStatements,
  leavesOf,
  type Schema,
  schemas,
  type TableOf,
} from "./subset/schema.ts";

const shares = fc.option(fc.oneof(fc.constantFrom(0, 1), fc.double({ min: 0.05, max: 0.9, noNaN: true })), {
  nil: undefined,
  freq: 4,
});

describe("a subset", () => {
  let pair: Pair;
  let session: Connection;
  beforeAll(async () => {
    pair = await startPair();
    session = await pair.production.connect("postgres");
  });
  afterAll(async () => {
    await session?.close();
    await pair?.[Symbol.asyncDispose]();
  });

  it("has what filters and share ask for and what that refers to, no more, and keeps every foreign key", async () => {
    await fc.assert(
      fc.asyncProperty(schemas, shares, async (schema, share) => {
        await session.query("DROP SCHEMA public CASCADE; CREATE SCHEMA public");
        await session.query([...createStatements(schema), ...keyStatements(schema)].join("; "));
        const plans = planOf(schema, await readCatalog(session));
        const sample = await read(session, schema, subset(plans.map(withoutConditions), share));
        const rows = await read(session, schema, subset(plans, share));
        expect(rows).toEqual(expectedRows(schema, sample));
        // Without the rows that were left out, every constraint can be made anew.
        await session.query(dropKeyStatements(schema).join("; "));
        for (const [index, { name }] of schema.tables.entries()) {
          await session.query(`DELETE FROM public.${quoteName(name)} WHERE id <> ALL ($1::bigint[])`, [
            [...(rows[index] ?? [])],
          ]);
        }
        await session.query(keyStatements(schema).join("; "));
      }),
      { numRuns: 150 },
    );
  });

  it("finds what is referred to by another spelling, where a type takes both for the same", async () => {
    await session.query(`DROP SCHEMA public CASCADE; CREATE SCHEMA public; CREATE EXTENSION citext SCHEMA public;
      CREATE DOMAIN public.email AS public.citext;
      CREATE TABLE public.people (email public.citext PRIMARY KEY);
      CREATE TABLE public.logins (id int PRIMARY KEY, who public.email REFERENCES public.people);
      INSERT INTO public.people SELECT 'person' || i FROM generate_series(1, 200) i;
      INSERT INTO public.logins SELECT i, 'PERSON' || i FROM generate_series(1, 200) i`);
    const plans = keepEverything(await readCatalog(session));
    const large = plans.map((plan) => ({ ...plan, table: { ...plan.table, estimatedRows: 1_000 } }));
    const [logins, people] = subset(large, 0.2);
    const [found] = await session.query(`SELECT count(*) AS logins, count(email) AS people
      FROM (SELECT who FROM ONLY public.logins WHERE ${logins?.where}) AS logins
      LEFT JOIN (SELECT email FROM ONLY public.people WHERE ${people?.where}) AS people ON lower(who::text) = email::text`);
    expect(found?.logins).toBeGreaterThan(10);
    expect(found?.people).toBe(found?.logins);
  });
});

/** The plan that a policy with the schema's filters gives. */
function planOf(schema: Schema, catalog: Awaited<ReturnType<typeof readCatalog>>): TablePlan[] {
  return keepEverything(catalog).map((plan) => {
    const table = schema.tables.find(
      (one) => one.name === plan.table.name || leavesOf(one).includes(plan.table.name),
    ) as TableOf;
    const isSecond = table.partitioned && plan.table.name === leavesOf(table)[1];
    const own = (isSecond ? table.partFilter : undefined) ?? table.filter;
    return {
      ...plan,
      table: { ...plan.table, estimatedRows: table.large ? 1_000 : 10 },
      action: own === "drop" ? "drop rows" : "copy",
      where: own && own !== "drop" ? `id % ${own.divisor} <> ${own.rest}` : undefined,
    };
  });
}

function withoutConditions(plan: TablePlan): TablePlan {
  return { ...plan, action: "copy", where: undefined, table: { ...plan.table, foreignKeys: [] } };
}

async function read(session: Connection, { tables }: Schema, plans: readonly TablePlan[]): Promise<Ids> {
  const read = tables.map(() => new Set<number>());
  for (const { table, action, where } of plans) {
    const index = tables.findIndex((one) => leavesOf(one).includes(table.name));
    if (action !== "copy" || index < 0) continue;
    const condition = where ? ` WHERE (${where})` : "";
    const rows = await session.query<{ id: number }>(`SELECT id FROM ONLY ${quoteTable(table)}${condition}`);
    for (const { id } of rows) read[index]?.add(id);
  }
  return read;
}
