import { quoteName, quoteTable } from "@understudy/postgres";
import type { Look, LookTable } from "../plan/look.ts";

export interface OrphanCheck {
  /** `public.orders.orders_person_fkey`. */
  readonly name: string;
  readonly references: string;
  /** Counts rows that refer to nothing. */
  readonly sql: string;
}

type ForeignKey = LookTable["foreignKeys"][number];

/**
 * Looks for what the server did not: rows whose foreign key refers to nothing, because they were written, or because what they refer to was
 * updated in other columns than its key.
 * @param written tables with new or updated rows @param updated tables with updated rows, each with the key that no update changes
 */
export function orphanChecks(
  look: Look,
  written: ReadonlySet<string>,
  updated: ReadonlyMap<string, readonly string[]>,
): OrphanCheck[] {
  const tables = new Map(look.tables.map((table) => [table.id, table]));
  const hasLeft = ({ references, referencedColumns }: ForeignKey) =>
    referencedColumns.some((column) => updated.get(references)?.includes(column) === false);
  return look.tables.flatMap((table) =>
    table.foreignKeys.flatMap((key) => {
      const parent = tables.get(key.references);
      return parent && (written.has(table.id) || hasLeft(key))
        ? [{ name: `${table.id}.${key.name}`, references: parent.id, sql: orphansSql(table, parent, key) }]
        : [];
    }),
  );
}

function orphansSql(child: LookTable, parent: LookTable, key: ForeignKey): string {
  const set = key.columns.map((name) => `c.${quoteName(name)} IS NOT NULL`).join(" AND ");
  const same = key.columns
    .map((name, at) => `p.${quoteName(key.referencedColumns[at] ?? "")} = c.${quoteName(name)}`)
    .join(" AND ");
  return `SELECT count(*)::int AS rows FROM ${quoteTable(child)} AS c WHERE ${set} AND NOT EXISTS (SELECT FROM ${quoteTable(parent)} AS p WHERE ${same})`;
}
