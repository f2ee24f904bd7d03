import type { Table } from "@understudy/postgres";

/** A column, as a key of maps. */
export type ColumnKey = string;

export function columnKey(table: string, column: string): ColumnKey {
  return JSON.stringify([table, column]);
}

/** Columns whose values mean the same, and so must be masked the same: each column with all of its group. */
export type ColumnGroups = ReadonlyMap<ColumnKey, readonly ColumnKey[]>;

/** Group columns by the foreign keys between them, and a partition's with those of what it is a part of. */
export function columnGroups(tables: readonly Table[]): ColumnGroups {
  const links = tables.flatMap((table) => [
    ...table.foreignKeys.flatMap(({ columns, references, referencedColumns }) =>
      columns.map((column, index) => [
        columnKey(table.id, column),
        columnKey(references, referencedColumns[index] ?? ""),
      ]),
    ),
    ...(table.kind === "partition" || table.kind === "partitioned" ? table.parents : []).flatMap((parent) =>
      table.columns.map(({ name }) => [columnKey(table.id, name), columnKey(parent, name)]),
    ),
  ]);
  const roots = new Map<ColumnKey, ColumnKey>();
  const rootOf = (key: ColumnKey): ColumnKey => {
    const above = roots.get(key) ?? key;
    if (above === key) return key;
    const root = rootOf(above);
    roots.set(key, root);
    return root;
  };
  for (const [a = "", b = ""] of links) roots.set(rootOf(a), rootOf(b));
  const keys = tables.flatMap((table) => table.columns.map(({ name }) => columnKey(table.id, name)));
  const members = Map.groupBy(keys, rootOf);
  return new Map(keys.map((key) => [key, members.get(rootOf(key)) ?? [key]]));
}
