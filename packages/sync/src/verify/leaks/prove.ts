import type { Connection } from "@understudy/postgres";
import { inParallel } from "../../in-parallel.ts";
import type { TablePlan } from "../../plan/table-plan.ts";
import { personalPlaces } from "./collect.ts";
import type { Find } from "./finds.ts";
import { formsSql } from "./forms-sql.ts";

/** Production's side of a search: sessions of a snapshot that log no parameters, as these are raw values. */
export interface Origin {
  readonly database: string;
  readonly readers: readonly Connection[];
  readonly plans: readonly TablePlan[];
}

/**
 * Ask production which of the finds it really has; fingerprints can be alike by chance.
 * @returns those that it has, with where, e.g. `app: public.customers.email`.
 */
export async function proveInDatabases(
  finds: readonly Find[],
  origins: readonly Origin[],
): Promise<Map<Find, string[]>> {
  const sources = new Map<Find, string[]>();
  const byKey = new Map(finds.map((find) => [keyOf(find), find]));
  for (const { database, readers, plans } of origins) {
    await inParallel(readers, personalPlaces(plans), async (reader, { plan, personal }) => {
      const rows = await reader.query<{ key: string }>(
        `SELECT DISTINCT kind || form AS key FROM (${formsSql(plan.table, personal)} OFFSET 0) AS forms WHERE kind || form = ANY ($1)`,
        [[...byKey.keys()]],
      );
      for (const { key } of rows) {
        const find = byKey.get(key);
        if (find) sources.set(find, [...(sources.get(find) ?? []), `${database}: ${plan.table.id}.${personal.path}`]);
      }
    });
  }
  return sources;
}

/** As `formsSql` says it. */
function keyOf({ kind, value }: Find): string {
  return kind.charAt(0) + value;
}
