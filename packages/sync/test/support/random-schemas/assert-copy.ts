import { type Connection, quoteName, quoteTable } from "@understudy/postgres";
import { expect } from "vitest";
import { holdsRows } from "../../../src/plan/jobs.ts";
import type { PlannedDatabase } from "../../../src/plan/plan-databases.ts";
import type { ColumnPlan, TablePlan } from "../../../src/plan/table-plan.ts";
import { differences } from "../../../src/verify/digest.ts";
import type { Model } from "./model.ts";

export interface Copied {
  readonly first: PlannedDatabase;
  /** The same moment planned once more with the same key, and with another one. */
  readonly again: readonly PlannedDatabase[];
  readonly other: readonly PlannedDatabase[];
  readonly reader: Connection;
  readonly copy: Connection;
}

/** What a copy promises, looked at without its own means where that can be. */
export async function assertCopy(model: Model, { first, again, other, reader, copy }: Copied): Promise<void> {
  const { tables } = first.plan;
  const holding = tables.filter(({ table, action }) => holdsRows(table.kind) && action === "copy");
  for (const plan of holding) {
    const kept = plan.columns.filter(({ action }) => action === "keep");
    expect(await rowsOf(copy, plan, kept), plan.table.id).toEqual(await rowsOf(reader, plan, kept, plan.where));
    for (const column of plan.columns.filter(({ action, how }) => action === "mask" && how.includes("distinct"))) {
      expect(await different(copy, plan, column), column.column.name).toBe(
        await different(reader, plan, column, plan.where),
      );
    }
  }
  await assertNoTags(model, holding, copy);
  const [same] = again;
  const [changed] = other;
  if (!same || !changed) throw new Error("nothing was planned");
  await using sameReader = await same.source.newReader();
  expect(await differences(sameReader, copy, same.plan.tables, "all")).toEqual([]);
  await using otherReader = await changed.source.newReader();
  const found = await differences(otherReader, copy, changed.plan.tables, "all");
  const differing = found.flatMap(({ table, columns }) => columns.map((name) => `${table}.${name}`));
  const keyed = await keyedColumns(holding, reader);
  expect(keyed.filter((place) => !differing.includes(place))).toEqual([]);
}

async function rowsOf(
  session: Connection,
  { table }: TablePlan,
  columns: readonly ColumnPlan[],
  where = "true",
): Promise<unknown> {
  const values = columns.map(({ column }) => `${quoteName(column.name)}::text`);
  return await session.query(
    `SELECT ARRAY[${values}]::text[] AS values FROM ONLY ${quoteTable(table)} WHERE ${where} ORDER BY 1`,
  );
}

async function different(
  session: Connection,
  { table }: TablePlan,
  { column }: ColumnPlan,
  where = "true",
): Promise<number> {
  const name = quoteName(column.name);
  const [row] = await session.query<{ count: number }>(
    `SELECT count(DISTINCT ${name}::text)::int AS count FROM ONLY ${quoteTable(table)} WHERE ${where}`,
  );
  return row?.count ?? -1;
}

/** Of columns that are masked or left out nothing personal is in any row of the copy, whatever column it stands in. */
async function assertNoTags(model: Model, plans: readonly TablePlan[], copy: Connection): Promise<void> {
  const columns = model.tables.flatMap((table) => (table.isDropped ? [] : table.columns));
  const kept = new Set(columns.filter(({ rule }) => rule === "keep").map(({ tag }) => tag));
  const tags = columns.filter(({ type, tag }) => type.tagged && !kept.has(tag)).map(({ tag }) => `@${tag}.example`);
  for (const { table } of plans) {
    const rows = await copy.query<{ row: string }>(`SELECT row::text FROM ONLY ${quoteTable(table)} AS row`);
    const text = rows.map(({ row }) => row).join("\n");
    expect(
      tags.filter((tag) => text.includes(tag)),
      table.id,
    ).toEqual([]);
  }
}

/** Columns whose masks the key decides, and that have something to mask. */
async function keyedColumns(plans: readonly TablePlan[], reader: Connection): Promise<string[]> {
  const found: string[] = [];
  for (const { table, columns, where = "true" } of plans) {
    for (const { column, action, how } of columns) {
      if (action !== "mask" || !/^(hash|uuid|(email|full-name|url|city|phone|ip), distinct)/.test(how)) continue;
      const text = `${quoteName(column.name)}::text`;
      const [row] = await reader.query<{ some: boolean }>(
        `SELECT count(*) FILTER (WHERE trim(${text}) NOT IN ('', '{}', '\\x')) > 0 AS some FROM ONLY ${quoteTable(table)} WHERE ${where}`,
      );
      if (row?.some) found.push(`${table.id}.${column.name}`);
    }
  }
  return found;
}
