import { border, type Filter, type Row, type Schema, type TableOf } from "./schema.ts";

/** Ids by table. */
export type Ids = readonly ReadonlySet<number>[];

/** What a subset must hold, by looking at each row over and over until nothing changes. */
export function expectedRows(schema: Schema, sampled: Ids): Ids {
  const leftOut = schema.tables.map(
    (table) => new Set(table.rows.filter((row) => !passes(table, row)).map(({ id }) => id)),
  );
  untilSteady(leftOut, () => {
    for (const { child, row, parent, referred } of links(schema))
      if (leftOut[parent]?.has(referred)) leftOut[child]?.add(row);
  });
  const kept = schema.tables.map(
    ({ rows }, index) =>
      new Set(rows.map(({ id }) => id).filter((id) => sampled[index]?.has(id) && !leftOut[index]?.has(id))),
  );
  untilSteady(kept, () => {
    for (const { child, row, parent, referred } of links(schema))
      if (kept[child]?.has(row)) kept[parent]?.add(referred);
  });
  return kept;
}

function passes({ filter, partFilter }: TableOf, { id }: Row): boolean {
  const own = partFilter && id >= border ? partFilter : filter;
  return own !== "drop" && (own === undefined || leaves(own, id));
}

function leaves({ divisor, rest }: Filter, id: number): boolean {
  return id % divisor !== rest;
}

/** Every pair of rows of which one refers to the other. */
function links({ tables, keys }: Schema) {
  return keys.flatMap((key) => {
    const place = keys.filter(({ child }) => child === key.child).indexOf(key);
    return (tables[key.child]?.rows ?? []).flatMap((row) => {
      const values = row.refers[place] ?? [];
      if (values.includes(null) || (key.childPart && row.id < border)) return [];
      const referred = tables[key.parent]?.rows.find(({ id, a, b }) =>
        key.pair ? a === values[0] && b === values[1] : id === values[0],
      );
      return referred ? [{ child: key.child, row: row.id, parent: key.parent, referred: referred.id }] : [];
    });
  });
}

function untilSteady(sets: readonly ReadonlySet<number>[], step: () => void): void {
  const size = () => sets.reduce((sum, set) => sum + set.size, 0);
  for (let before = -1; before !== size(); ) {
    before = size();
    step();
  }
}
