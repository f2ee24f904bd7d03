import type { Column, ForeignKey } from "@understudy/postgres";
import { isPart, type Relation } from "./relations.ts";

/** A foreign key that must hold in the copy. */
export interface Reference {
  readonly child: Relation;
  readonly parent: Relation;
  readonly columns: readonly { readonly child: Column; readonly parent: Column }[];
}

/**
 * Foreign keys between tables that are copied; one of a partitioned table counts once, not for each partition again. Not those
 * of columns that become NULL, as where the other table's rows are left out altogether.
 */
export function referencesOf(relations: ReadonlyMap<string, Relation>): Reference[] {
  return [...relations.values()].flatMap((child) =>
    child.table.foreignKeys.flatMap((key): Reference[] => {
      const parent = relations.get(key.references);
      if (!parent || !mustHold(child, parent, key) || isInherited(child, key, relations)) return [];
      return [{ child, parent, columns: key.columns.map((name, index) => pair(child, parent, key, name, index)) }];
    }),
  );
}

function mustHold(child: Relation, parent: Relation, { columns }: ForeignKey): boolean {
  const becomesNull = child.plan.columns.some(
    ({ column, action }) => action === "null" && columns.includes(column.name),
  );
  return child.plan.action === "copy" && parent.plan.action === "copy" && !becomesNull;
}

function isInherited({ table }: Relation, key: ForeignKey, relations: ReadonlyMap<string, Relation>): boolean {
  const above = isPart(table) ? relations.get(table.parents[0] ?? "")?.table : undefined;
  return above?.foreignKeys.some((other) => sameKey(key, other)) ?? false;
}

/** Partitions have the columns of what they are a part of, under the same names. */
function sameKey(a: ForeignKey, b: ForeignKey): boolean {
  const said = ({ columns, references, referencedColumns }: ForeignKey) =>
    JSON.stringify([columns, references, referencedColumns]);
  return said(a) === said(b);
}

function pair(child: Relation, parent: Relation, key: ForeignKey, name: string, index: number) {
  return { child: columnOf(child, name), parent: columnOf(parent, key.referencedColumns[index] ?? "") };
}

function columnOf({ table }: Relation, name: string): Column {
  const column = table.columns.find((one) => one.name === name);
  if (!column) throw new Error(`a foreign key names the column "${name}", which ${table.id} has not`);
  return column;
}
