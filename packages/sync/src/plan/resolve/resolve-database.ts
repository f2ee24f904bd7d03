import type { Catalog } from "@understudy/postgres";
import type { DatabasePolicy } from "../../policy/policy.ts";
import { columnTraits } from "./column-traits.ts";
import { effectiveRules } from "./effective-rules.ts";
import type { Resolution, Unknown } from "./resolution.ts";
import { resolveTable } from "./resolve-table.ts";
import { staleRules } from "./stale-rules.ts";

export type { Resolution } from "./resolution.ts";

/** Decide every table and column of a database by its policy. Pure; fails closed: what the policy does not know is `unknown`. */
export function resolveDatabase(policy: DatabasePolicy | undefined, catalog: Catalog): Resolution {
  const ruled = effectiveRules(policy, catalog.tables);
  const context = {
    catalog,
    ruled: new Map(ruled.map((one) => [one.table.id, one])),
    traits: columnTraits(ruled),
  };
  const resolved = ruled.map((one) => resolveTable(one, context));
  const largeObjects: Unknown[] =
    catalog.largeObjects.count > 0 && !policy?.largeObjects ? [{ what: "large objects" }] : [];
  return {
    database: catalog.database,
    tables: resolved.flatMap(({ plan }) => plan ?? []),
    partial: resolved.flatMap(({ partial }) => partial ?? []),
    unknown: [...resolved.flatMap(({ unknown }) => unknown ?? []), ...largeObjects],
    refused: resolved.flatMap(({ refused }) => refused ?? []),
    notes: [...resolved.flatMap(({ notes }) => notes ?? []), ...staleRules(policy, catalog)],
  };
}
