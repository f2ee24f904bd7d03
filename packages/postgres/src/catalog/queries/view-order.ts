import type { Connection } from "../../connect.ts";
import type { Relation } from "./relations.ts";

/** Tables as they are, then materialized views, each after those that it reads, through plain views too. */
export async function orderByUse(connection: Connection, relations: readonly Relation[]): Promise<Relation[]> {
  const uses = await connection.query<{ view: number; relation: number }>(viewUses);
  return viewsLast(relations, uses);
}

function viewsLast(
  relations: readonly Relation[],
  uses: readonly { readonly view: number; readonly relation: number }[],
): Relation[] {
  const read = Map.groupBy(uses, ({ view }) => view);
  const byOid = new Map(relations.map((relation) => [relation.oid, relation]));
  const seen = new Set<number>();
  const ordered: Relation[] = [];
  const visit = (oid: number) => {
    if (seen.has(oid)) return;
    seen.add(oid);
    for (const { relation } of read.get(oid) ?? []) visit(relation);
    const view = byOid.get(oid);
    if (view && isView(view)) ordered.push(view);
  };
  for (const relation of relations) if (isView(relation)) visit(relation.oid);
  return [...relations.filter((relation) => !isView(relation)), ...ordered];
}

function isView({ kind }: Relation): boolean {
  return kind === "materialized view";
}

const viewUses = `
  SELECT DISTINCT r.ev_class AS view, d.refobjid AS relation
  FROM pg_rewrite r JOIN pg_class v ON v.oid = r.ev_class JOIN pg_namespace n ON n.oid = v.relnamespace
  JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid AND d.refclassid = 'pg_class'::regclass
  WHERE v.relkind IN ('v', 'm') AND d.refobjid <> r.ev_class AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'`;
