import { createHash } from "node:crypto";
import { canonicalJson } from "@understudy/core";
import type { Catalog, Table } from "@understudy/postgres";
import { z } from "zod";

const name = z.string().min(1).max(63);

const column = z.object({
  name,
  /** As format_type() says it. */
  type: z.string(),
  /** What the type is made of, below domains and arrays. */
  base: z.string(),
  array: z.boolean(),
  notNull: z.boolean(),
  generated: z.boolean(),
  identity: z.enum(["always", "by default"]).nullable(),
});

const table = z.object({
  /** `schema.name`. */
  id: z.string(),
  schema: name,
  name,
  kind: z.enum(["table", "partitioned"]),
  columns: z.array(column),
  /** Sets of columns that tell rows apart by an index that an upsert can use; the primary key first. */
  keys: z.array(z.object({ name, primary: z.boolean(), columns: z.array(name), notNull: z.boolean() })),
  foreignKeys: z.array(
    z.object({ name, columns: z.array(name), references: z.string(), referencedColumns: z.array(name) }),
  ),
  /** Whether the record engine hears of its writes. */
  captured: z.boolean(),
  bytes: z.number(),
  /** -1: never analyzed. */
  estimatedRows: z.number(),
});

/** What one side is, as the other needs to know it. */
export const lookSchema = z.object({
  database: z.string(),
  /** As `server_version_num`. */
  serverVersion: z.number(),
  /** As whom the agent logs in. */
  role: z.object({ name: z.string(), superuser: z.boolean() }),
  tables: z.array(table),
  /** For people: what has rows and is not carried. */
  notCarried: z.array(z.string()),
  /** Of tables, columns and keys: another one means that the schema was changed. */
  fingerprint: z.string(),
  /** Free where chunks are written, bytes. */
  freeBytes: z.number(),
  /** ms since the epoch, by its clock. */
  clock: z.number(),
  /** Tables that its settings leave out. */
  leaveOut: z.array(z.string()),
});

export type Look = z.infer<typeof lookSchema>;
export type LookTable = z.infer<typeof table>;
export type LookColumn = z.infer<typeof column>;

/** What a server knows beside its database. */
export type Place = Pick<Look, "freeBytes" | "clock" | "leaveOut">;

/** What a catalog means for a full sync. */
export function lookOf(catalog: Catalog, role: Look["role"], { freeBytes, clock, leaveOut }: Place): Look {
  const tables = catalog.tables.flatMap((one) => {
    const kind = one.kind === "table" || one.kind === "partitioned" ? one.kind : undefined;
    return kind && one.extension === undefined ? [tableOf(one, kind)] : [];
  });
  const views = catalog.tables.filter(({ kind }) => kind === "materialized view").map(({ id }) => id);
  const foreign = catalog.tables.filter(({ kind }) => kind === "foreign").map(({ id }) => id);
  const { count } = catalog.largeObjects;
  return {
    database: catalog.database,
    serverVersion: catalog.serverVersion,
    role,
    tables,
    notCarried: [
      ...views.map((id) => `materialized view ${id}: refresh it afterwards`),
      ...foreign.map((id) => `foreign table ${id}`),
      ...(count > 0 ? [`${count} large objects`] : []),
    ],
    fingerprint: fingerprintOf(tables),
    freeBytes,
    clock,
    leaveOut: [...leaveOut],
  };
}

function tableOf(one: Table, kind: LookTable["kind"]): LookTable {
  const notNull = new Set(one.columns.filter((column) => column.notNull).map((column) => column.name));
  const exclusions = new Set(one.exclusions.map((exclusion) => exclusion.name));
  const keys = one.uniques
    .filter((unique) => !unique.expressions && unique.predicate === undefined && !exclusions.has(unique.name))
    .map(({ name, primary, columns }) => ({
      name,
      primary,
      columns: [...columns],
      notNull: columns.every((column) => notNull.has(column)),
    }));
  return {
    id: one.id,
    schema: one.schema,
    name: one.name,
    kind,
    columns: one.columns.map(({ name, type, shape: { base, array }, notNull, generated, identity }) => ({
      name,
      type,
      base,
      array,
      notNull,
      generated,
      identity,
    })),
    keys: keys.sort((left, right) => Number(right.primary) - Number(left.primary)),
    foreignKeys: one.foreignKeys.map(({ name, columns, references, referencedColumns }) => ({
      name,
      columns: [...columns],
      references,
      referencedColumns: [...referencedColumns],
    })),
    captured: one.triggers.some(({ name }) => name === "zz_sync_capture"),
    bytes: one.bytes,
    estimatedRows: one.estimatedRows,
  };
}

/** The same as long as a plan that was made from these tables holds. */
function fingerprintOf(tables: readonly LookTable[]): string {
  const lasting = tables.map(({ id, columns, keys, foreignKeys }) => ({ id, columns, keys, foreignKeys }));
  return createHash("sha256").update(canonicalJson(lasting)).digest("hex");
}
