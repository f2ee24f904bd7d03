import type { Catalog, Table } from "@understudy/postgres";
import { columnKey } from "../../plan/resolve/column-groups.ts";
import { effectiveRules, own } from "../../plan/resolve/effective-rules.ts";
import type { ColumnRule, DatabasePolicy } from "../policy.ts";
import type { Proposal, ValueRule } from "./proposal.ts";

/** Proposals in which a column says the same as the one that its foreign key leads to, so that joins hold. */
export function alikeByKeys(
  proposals: readonly Proposal[],
  { tables }: Catalog,
  policy: DatabasePolicy | undefined,
): Proposal[] {
  const byId = new Map(tables.map((table) => [table.id, table]));
  const rules = new Map(effectiveRules(policy, tables).map(({ table, rule }) => [table.id, rule]));
  const proposed = new Map(
    proposals.map(({ table = "", column = "", path, rule }) => [
      columnKey(table, column),
      path === undefined ? rule : undefined,
    ]),
  );
  return proposals.map((proposal) => {
    const { table, column, path } = proposal;
    if (table === undefined || column === undefined || path !== undefined) return proposal;
    const end = followKeys(byId, { table, column });
    if (end.table === table && end.column === column) return proposal;
    const rule =
      valueRule(own(rules.get(end.table)?.columns, end.column)) ??
      valueRule(proposed.get(columnKey(end.table, end.column)));
    return rule ? { ...proposal, rule, because: `its foreign key leads to ${end.table}.${end.column}` } : proposal;
  });
}

interface Place {
  readonly table: string;
  readonly column: string;
}

/** Where a chain of foreign keys ends, or turns back. */
function followKeys(tables: ReadonlyMap<string, Table>, start: Place): Place {
  const seen = new Set<string>();
  for (let at = start; ; ) {
    seen.add(columnKey(at.table, at.column));
    const next = (tables.get(at.table)?.foreignKeys ?? [])
      .filter(({ columns }) => columns.includes(at.column))
      .map((key) => ({ table: key.references, column: key.referencedColumns[key.columns.indexOf(at.column)] ?? "" }))
      .find(({ table, column }) => !seen.has(columnKey(table, column)));
    if (!next) return at;
    at = next;
  }
}

function valueRule(rule: ColumnRule | Proposal["rule"]): ValueRule | undefined {
  return rule?.kind === "keep" || rule?.kind === "mask" ? rule : undefined;
}
