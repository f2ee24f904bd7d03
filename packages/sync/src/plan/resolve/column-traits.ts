import { type ColumnKey, columnGroups, columnKey } from "./column-groups.ts";
import { distinctColumns } from "./distinct.ts";
import { own, type RuledTable } from "./effective-rules.ts";

/** What a mask of a column must hold to, taken together with all columns that must get the same. */
export interface ColumnTraits {
  /** Why different values must stay different; undefined: they need not. */
  readonly distinct: string | undefined;
  readonly rows: number;
  readonly maxLength: number | undefined;
}

/** Rows of 28 bytes, the smallest there are, that a page of 8 KiB holds. */
const mostRowsOnPage = 291;

/** The traits of every column of the tables whose rows are copied. */
export function columnTraits(ruled: readonly RuledTable[]): ReadonlyMap<ColumnKey, ColumnTraits> {
  const copied = ruled.filter(({ rule }) => rule?.rows === "copy");
  const single = new Map(copied.flatMap((table) => traitsOf(table)));
  const groups = columnGroups(copied.map(({ table }) => table));
  return new Map(
    [...groups].map(([key, members]) => [key, together(members.flatMap((member) => single.get(member) ?? []))]),
  );
}

function traitsOf({ table, rule }: RuledTable): [ColumnKey, ColumnTraits][] {
  if (!rule) return [];
  const unique = distinctColumns(table, rule);
  const rows = table.estimatedRows >= 0 ? table.estimatedRows : table.pages * mostRowsOnPage;
  return table.columns.map(({ name, shape }) => {
    const said = own(rule.columns, name);
    const asked = said?.kind === "mask" && said.distinct ? said.source : undefined;
    const { maxLength } = shape;
    return [columnKey(table.id, name), { distinct: asked ?? unique.get(name), rows, maxLength }];
  });
}

function together(traits: readonly ColumnTraits[]): ColumnTraits {
  const lengths = traits.flatMap(({ maxLength }) => maxLength ?? []);
  return {
    distinct: traits.find(({ distinct }) => distinct)?.distinct,
    rows: traits.reduce((sum, { rows }) => sum + rows, 0),
    maxLength: lengths.length ? Math.min(...lengths) : undefined,
  };
}
