import { createHash } from "node:crypto";
import type { Entity } from "../entity.ts";
import type { Row } from "../values/kind.ts";
import type { Store } from "./store.ts";

/** What tells a table's live rows from others, whatever their order. */
export interface TableDigest {
  readonly name: string;
  /** Those that it is about, in order. */
  readonly columns: readonly string[];
  readonly rows: number;
  /** Sum of 64 bits of each row's SHA-256, modulo 2^64, in hex. */
  readonly sum: string;
}

const page = 2_000;

/** Digest a table page by page. @param columns those that both sides have @param isSeen which rows count */
export async function digestTable(
  store: Store,
  entity: Entity,
  columns: readonly string[],
  isSeen: (row: Row) => boolean = () => true,
): Promise<TableDigest> {
  let rows = 0;
  let sum = 0n;
  for (let after = ""; ; ) {
    const uuids = await store.transaction(() => store.dialect.uuids(entity, after, page));
    if (uuids.length === 0) break;
    const found = await store.transaction(() => store.dialect.readRows(entity, uuids));
    for (const row of found.values()) {
      if (row.is_deleted === "true" || !isSeen(row)) continue;
      rows++;
      sum = BigInt.asUintN(64, sum + hashOf(row, columns));
    }
    after = uuids.at(-1) ?? after;
  }
  return { name: entity.name, columns, rows, sum: sum.toString(16).padStart(16, "0") };
}

function hashOf(row: Row, columns: readonly string[]): bigint {
  const hash = createHash("sha256").update(JSON.stringify(columns.map((column) => row[column] ?? null)));
  return hash.digest().readBigUInt64BE();
}
