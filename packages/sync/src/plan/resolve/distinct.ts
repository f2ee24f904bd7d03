import type { Table, UniqueIndex } from "@understudy/postgres";
import type { ColumnRule, TableRule } from "../../policy/policy.ts";
import { own } from "./effective-rules.ts";

/** Columns of a table whose masks must keep different values different, each with why: the unique index. */
export function distinctColumns(table: Table, rule: TableRule): Map<string, string> {
  const needed = table.uniques.filter((index) => !isKeptUnique(table, rule, index));
  return new Map(
    needed.flatMap((index) =>
      sourceColumns(table, index)
        .filter((column) => own(rule.columns, column)?.kind === "mask")
        .map((column) => [column, `unique index ${index.name}`] as const),
    ),
  );
}

/** What the values of an index come from, through generated columns too. */
function sourceColumns({ columns }: Table, { dependsOn }: UniqueIndex): readonly string[] {
  return dependsOn.flatMap((name) => columns.find((column) => column.name === name)?.formula?.columns ?? [name]);
}

/** Whether some of its columns are kept as they are, and are unique by themselves. */
export function isKeptUnique(table: Table, rule: TableRule, { columns }: UniqueIndex): boolean {
  const kept = new Set(columns.filter((name) => isKept(table, own(rule.columns, name), name)));
  return table.uniques.some(
    (other) =>
      !other.expressions &&
      other.predicate === undefined &&
      other.columns.length > 0 &&
      other.columns.every((name) => kept.has(name)),
  );
}

/** NULLs do not count: a unique index takes several of them. */
function isKept(table: Table, rule: ColumnRule | undefined, name: string): boolean {
  const column = table.columns.find((one) => one.name === name);
  return rule?.kind === "keep" && column?.notNull === true && !column.generated;
}
