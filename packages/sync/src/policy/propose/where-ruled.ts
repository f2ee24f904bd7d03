import type { Catalog } from "@understudy/postgres";
import { own } from "../../plan/resolve/effective-rules.ts";
import type { Unknown } from "../../plan/resolve/resolution.ts";
import type { DatabasePolicy } from "../policy.ts";

/** Unknown paths in the table whose rule is to have them: that of a partition is often its table's. */
export function whereRuled(
  unknown: readonly Unknown[],
  { tables }: Catalog,
  policy: DatabasePolicy | undefined,
): Unknown[] {
  const byId = new Map(tables.map((table) => [table.id, table]));
  const ruledAt = (id: string, column: string): string => {
    if (own(own(policy?.tables, id)?.columns, column)) return id;
    const [parent] = byId.get(id)?.parents ?? [];
    return parent === undefined ? id : ruledAt(parent, column);
  };
  const moved = unknown.map((one) => (one.what === "path" ? { ...one, table: ruledAt(one.table, one.column) } : one));
  return [...new Map(moved.map((one) => [JSON.stringify(one), one])).values()];
}
