import type { Catalog } from "@understudy/postgres";
import type { DatabasePolicy } from "../../policy/policy.ts";

/** Rules for what is not there: perhaps misspelt, perhaps of another version. Those of `policies/` know several versions. */
export function staleRules(policy: DatabasePolicy | undefined, { tables }: Catalog): string[] {
  return Object.entries(policy?.tables ?? {}).flatMap(([id, { source, columns }]) => {
    const table = tables.find((one) => one.id === id);
    if (!table) return id.includes("*") || isBuiltIn(source) ? [] : [`${source}: there is no table ${id}`];
    return Object.entries(columns)
      .filter(([name, rule]) => !isBuiltIn(rule.source) && !table.columns.some((column) => column.name === name))
      .map(([name, rule]) => `${rule.source}: ${id} has no column ${name}`);
  });
}

function isBuiltIn(source: string): boolean {
  return source.startsWith("policies/");
}
