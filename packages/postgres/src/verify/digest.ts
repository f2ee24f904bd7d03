import type { TypeShape } from "../catalog/catalog.ts";
import type { Connection } from "../connect.ts";
import { quoteTable } from "../quote.ts";
import { valueHash } from "./value-hash.ts";

/** What tells a table's rows apart from other rows, whatever their order. */
export interface Digest {
  readonly rows: bigint;
  /** Sum of hashes of whole rows: which values stand together. */
  readonly together: bigint;
  /** Sum of hashes of each value that is digested. */
  readonly columns: readonly bigint[];
}

/** Rows of a table, by what of them is digested. */
export interface DigestedRows {
  readonly table: { readonly schema: string; readonly name: string };
  /** SQL over the table's own columns, and the type that it gives. */
  readonly values: readonly { readonly expression: string; readonly shape: TypeShape }[];
  /** SQL, all of which must hold; none: all rows. */
  readonly conditions?: readonly string[];
}

/**
 * Digest rows on the server, which sends only sums; those of parts of a table add up. For bulk sessions: values must be written
 * alike, and it takes as long as it takes.
 */
export async function readDigest(session: Connection, rows: DigestedRows): Promise<Digest> {
  const [sums] = await session.query<{ rows: string; together: string; columns: string[] }>(digestSql(rows));
  if (!sums) throw new Error("an aggregate gave no row");
  return { rows: BigInt(sums.rows), together: BigInt(sums.together), columns: sums.columns.map(BigInt) };
}

function digestSql({ table, values, conditions = [] }: DigestedRows): string {
  const hashes = values.map(({ expression, shape }, index) => `${valueHash(expression, shape)} AS h${index}`);
  const names = hashes.map((_, index) => `h${index}`);
  const where = conditions.length ? ` WHERE ${conditions.map((condition) => `(${condition})`).join(" AND ")}` : "";
  // An array's hash is a weighted sum of its elements', and a sum of those would not tell rows apart: hence the hash of it.
  // OFFSET 0 keeps the planner from computing each hash twice.
  return `SELECT count(*)::text AS rows,
    coalesce(sum(pg_catalog.hashint8extended(pg_catalog.hash_array_extended(ARRAY[${names}]::bigint[], 0), 0)), 0)::text AS together,
    ARRAY[${names.map((name) => `coalesce(sum(${name}), 0)::text`)}]::text[] AS columns
    FROM (SELECT ${hashes} FROM ONLY ${quoteTable(table)}${where} OFFSET 0) AS hashed`;
}
