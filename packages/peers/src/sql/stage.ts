import { quoteName, quoteTable } from "@understudy/postgres";
import type { LookColumn } from "../plan/look.ts";
import { type CarriedTable, fromSql, namesSql } from "./carried-table.ts";
import { rowHash } from "./hash.ts";

/** Where a table's rows wait: seen by this session alone, and gone with its transaction. */
export interface Stage {
  readonly schema: "pg_temp";
  readonly name: string;
}

export function stageOf(at: number): Stage {
  return { schema: "pg_temp", name: `full_sync_${at}` };
}

export function createStageSql(table: CarriedTable, stage: Stage): string {
  return `CREATE TEMP TABLE ${quoteName(stage.name)} ON COMMIT DROP AS SELECT ${namesSql(table.columns)} FROM ${fromSql(table)} WITH NO DATA`;
}

/** Rows that wait, and the sum of their hashes. @param columns that the hashes are made of */
export function stageDigestSql(columns: readonly LookColumn[], stage: Stage): string {
  return `SELECT count(*)::int AS rows, coalesce(sum(${rowHash(columns, "s")}), 0)::text AS sum FROM ${quoteTable(stage)} AS s`;
}

/** How many of them are new, and how many change a row. Of an upsert's table. */
export function compareSql(table: CarriedTable, stage: Stage): string {
  const missing = `t.${quoteName(table.key[0]?.name ?? "")} IS NULL`;
  return `SELECT count(*) FILTER (WHERE ${missing})::int AS inserted,
    count(*) FILTER (WHERE NOT (${missing}) AND (${differsSql(valuesOf(table), "t", "s")}))::int AS updated
    FROM ${quoteTable(stage)} AS s LEFT JOIN ${fromSql(table)} AS t ON ${sameKey(table)}`;
}

/** The one statement that writes them. Returns how many rows it wrote. */
export function upsertSql(table: CarriedTable, stage: Stage): string {
  const changed = valuesOf(table);
  const set = changed.map(({ name }) => `${quoteName(name)} = excluded.${quoteName(name)}`).join(", ");
  const action =
    changed.length > 0 ? `DO UPDATE SET ${set} WHERE ${differsSql(changed, "t", "excluded")}` : "DO NOTHING";
  return insertSql(
    table,
    `SELECT ${namesSql(table.columns, "s")} FROM ${quoteTable(stage)} AS s`,
    `(${namesSql(table.key)}) ${action}`,
  );
}

/** Where an upsert cannot hold: what fits in is inserted, nothing is updated. */
export function insertAndSkipSql(table: CarriedTable, stage: Stage): string {
  if (table.key.length > 0) {
    return insertSql(table, `SELECT ${namesSql(table.columns, "s")} FROM ${quoteTable(stage)} AS s`, "DO NOTHING");
  }
  return insertSql(table, `SELECT ${namesSql(table.columns, "s")} FROM ${lackingSql(table, stage)}`, "DO NOTHING");
}

/** How many rows without a key are not there yet, or not so often. */
export function countLackingSql(table: CarriedTable, stage: Stage): string {
  return `SELECT count(*)::int AS rows FROM ${lackingSql(table, stage)}`;
}

/** Rows that another row of the target stands in the way of: it has their value of a unique index. */
export function conflictsSql(table: CarriedTable, stage: Stage, unique: readonly string[], limit: number): string {
  return `SELECT ${keyText(table, "s")} AS key FROM ${quoteTable(stage)} AS s
    JOIN ${fromSql(table)} AS t ON ${inTheWay(table, unique)} ORDER BY 1 LIMIT ${limit}`;
}

/** Take those out of what is written. Returns how many. */
export function dropConflictsSql(table: CarriedTable, stage: Stage, unique: readonly string[]): string {
  return `WITH dropped AS (DELETE FROM ${quoteTable(stage)} AS s USING ${fromSql(table)} AS t WHERE ${inTheWay(table, unique)} RETURNING 1)
    SELECT count(*)::int AS rows FROM dropped`;
}

/** What the target has for the keys that were sent: rows and the sum of their hashes. */
export function targetDigestSql(table: CarriedTable, stage: Stage): string {
  return `SELECT count(*)::int AS rows, coalesce(sum(${rowHash(table.alike, "t")}), 0)::text AS sum
    FROM ${quoteTable(stage)} AS s JOIN ${fromSql(table)} AS t ON ${sameKey(table)}`;
}

/** Keys whose rows are missing or others. */
export function differencesSql(table: CarriedTable, stage: Stage, limit: number): string {
  const missing = `t.${quoteName(table.key[0]?.name ?? "")} IS NULL`;
  return `SELECT ${keyText(table, "s")} AS key FROM ${quoteTable(stage)} AS s LEFT JOIN ${fromSql(table)} AS t ON ${sameKey(table)}
    WHERE ${missing} OR ${rowHash(table.alike, "t")} <> ${rowHash(table.alike, "s")} ORDER BY 1 LIMIT ${limit}`;
}

function insertSql(table: CarriedTable, select: string, conflict: string): string {
  return `WITH written AS (INSERT INTO ${quoteTable(table.look)} AS t (${namesSql(table.columns)}) OVERRIDING SYSTEM VALUE
    ${select} ON CONFLICT ${conflict} RETURNING 1) SELECT count(*)::int AS rows FROM written`;
}

/** Equal rows count: of three that are sent where one is there, two are lacking. */
function lackingSql(table: CarriedTable, stage: Stage): string {
  const hashed = `SELECT s.*, ${rowHash(table.alike, "s")} AS full_sync_hash FROM ${quoteTable(stage)} AS s`;
  return `(SELECT *, row_number() OVER (PARTITION BY full_sync_hash) AS full_sync_place FROM (${hashed}) AS hashed) AS s
    LEFT JOIN (SELECT ${rowHash(table.alike, "t")} AS hash, count(*) AS rows FROM ${fromSql(table)} AS t GROUP BY 1) AS there
    ON there.hash = s.full_sync_hash WHERE s.full_sync_place > coalesce(there.rows, 0)`;
}

function inTheWay(table: CarriedTable, unique: readonly string[]): string {
  const same = unique.map((name) => `t.${quoteName(name)} = s.${quoteName(name)}`).join(" AND ");
  const other = table.key.map(({ name }) => `t.${quoteName(name)} IS DISTINCT FROM s.${quoteName(name)}`).join(" OR ");
  return `${same} AND (${other})`;
}

function sameKey({ key }: CarriedTable): string {
  return key.map(({ name }) => `t.${quoteName(name)} = s.${quoteName(name)}`).join(" AND ");
}

function keyText({ key }: CarriedTable, alias: string): string {
  return `pg_catalog.concat_ws(', ', ${key.map(({ name }) => `${alias}.${quoteName(name)}::text`).join(", ")})`;
}

/** What an update sets. */
function valuesOf({ alike, key }: CarriedTable): LookColumn[] {
  return alike.filter(({ name }) => !key.some((one) => one.name === name));
}

/** Types whose values are alike exactly when they are written alike. */
const exact = new Set(["int2", "int4", "int8", "bool", "uuid", "timestamp", "timestamptz", "date", "bytea", "oid"]);

function differsSql(columns: readonly LookColumn[], left: string, right: string): string {
  if (columns.length === 0) return "false";
  return columns
    .map((column) => `${asWritten(column, left)} IS DISTINCT FROM ${asWritten(column, right)}`)
    .join(" OR ");
}

/** 1.0 and 1.00, json that is laid out otherwise: equal to the server or not comparable at all, but not the same. */
function asWritten({ name, base, array }: LookColumn, alias: string): string {
  const value = `${alias}.${quoteName(name)}`;
  return !array && exact.has(base) ? value : `${value}::text COLLATE "C"`;
}
