import { UserError } from "@understudy/core";
import type { Column, Table } from "@understudy/postgres";
import { planColumn } from "../../plan/resolve/plan-column.ts";
import type { ValueRule } from "./proposal.ts";

/** The first rule that a column can hold. */
export function fitting(table: Table, column: Column, rules: readonly ValueRule[]): ValueRule | undefined {
  const distinct = table.uniques.some(({ dependsOn }) => dependsOn.includes(column.name));
  return rules.find((rule) => {
    if (rule.kind === "null") return !column.notNull;
    const context = {
      table: table.id,
      rows: Math.max(table.estimatedRows, 0),
      distinct: distinct || (rule.kind === "mask" && rule.distinct),
      person: undefined,
      names: undefined,
    };
    try {
      planColumn(column, { ...rule, source: "" }, context);
      return true;
    } catch (error) {
      if (error instanceof UserError) return false;
      throw error;
    }
  });
}
