import type { Connection } from "../connect.ts";

/** What a table has beside rows: `public.orders · foreign key` → how many are in force. */
export type Structure = ReadonlyMap<string, number>;

/** Constraints that were validated, indexes that are valid, triggers and rules, counted by table and kind. */
export async function readStructure(connection: Connection): Promise<Structure> {
  const rows = await connection.query<{ place: string; valid: number }>(structureSql);
  return new Map(rows.map(({ place, valid }) => [place, valid]));
}

/** What production has in force and the copy has not, or the other way round, for people; empty when all is well. */
export function structureProblems(source: Structure, copy: Structure): string[] {
  return [...new Set([...source.keys(), ...copy.keys()])]
    .filter((place) => source.get(place) !== copy.get(place))
    .sort()
    .map((place) => `${place}: ${source.get(place) ?? 0} in production, ${copy.get(place) ?? 0} in the copy`);
}

// Not NULL became a kind of constraint in version 18. What partitions have from their parent, servers count in their own ways.
const structureSql = `
  SELECT format('%s.%s · %s', n.nspname, c.relname, part.kind) AS place, count(*)::int AS valid
  FROM pg_catalog.pg_class c
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  JOIN (
    SELECT conrelid AS relation,
      CASE contype WHEN 'p' THEN 'primary key' WHEN 'u' THEN 'unique constraint' WHEN 'f' THEN 'foreign key'
        WHEN 'c' THEN 'check' WHEN 'x' THEN 'exclusion constraint' ELSE 'constraint trigger' END AS kind
    FROM pg_catalog.pg_constraint WHERE convalidated AND contype <> 'n' AND conparentid = 0
    UNION ALL
    SELECT indrelid, 'index' FROM pg_catalog.pg_index WHERE indisvalid AND indisready
    UNION ALL
    SELECT tgrelid, CASE tgenabled WHEN 'D' THEN 'disabled trigger' ELSE 'trigger' END
    FROM pg_catalog.pg_trigger WHERE NOT tgisinternal AND tgparentid = 0
    UNION ALL
    SELECT ev_class, 'rule' FROM pg_catalog.pg_rewrite
    UNION ALL
    SELECT polrelid, 'row security policy' FROM pg_catalog.pg_policy
  ) part ON part.relation = c.oid
  WHERE n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname !~ '^pg_(toast|temp)'
    AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
      WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
  GROUP BY 1`;
