import type { Table } from "@understudy/postgres";
import type { TableRule } from "../../policy/policy.ts";
import { own, type RuledTable } from "./effective-rules.ts";
import type { Refusal } from "./resolution.ts";

/**
 * Columns that say to which partition a row belongs and are not kept: another value would belong to another one. Told of the
 * partitioned table where its own rule says so, else of its partition.
 * @param ruled every table of the database, by its id
 */
export function partitionKeyConflicts(
  table: Table,
  rule: TableRule,
  ruled: ReadonlyMap<string, RuledTable>,
): Refusal[] {
  const above = ancestors(table, ruled).filter(
    (one) => one.rule?.rows !== "copy" || !changes(one.rule, one.table).length,
  );
  return [table, ...above.map((one) => one.table)].flatMap((one) =>
    changes(rule, one).map((column) => ({
      message: `${table.id}.${column}: is in the partition key of ${one.id}, and another value would belong to another partition (${own(rule.columns, column)?.source})`,
      next: `Say keep for ${column}`,
    })),
  );
}

function changes(rule: TableRule, { partitionKey }: Table): string[] {
  return partitionKey.filter((name) => (own(rule.columns, name)?.kind ?? "keep") !== "keep");
}

function ancestors(table: Table, ruled: ReadonlyMap<string, RuledTable>): RuledTable[] {
  if (table.kind !== "partition" && table.kind !== "partitioned") return [];
  const parents = table.parents.flatMap((id) => ruled.get(id) ?? []);
  return parents.flatMap((parent) => [parent, ...ancestors(parent.table, ruled)]);
}
