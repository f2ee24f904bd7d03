import type { TypeShape } from "./catalog.ts";
import type { Type } from "./queries/types.ts";

const kinds: Readonly<Record<string, TypeShape["kind"]>> = {
  c: "composite",
  e: "enum",
  m: "multirange",
  r: "range",
};

/** What a column's type is made of, below domains and arrays, and whether a domain forbids NULL. */
export function shapeOf(
  types: ReadonlyMap<number, Type>,
  oid: number,
  modifier: number,
): { readonly shape: TypeShape; readonly notNull: boolean } {
  const domains: string[] = [];
  let type = known(types, oid);
  let array = false;
  let notNull = false;
  while (type.kind === "d" || type.element) {
    if (type.kind === "d") {
      domains.push(`${type.schema}.${type.name}`);
      // A domain over an array's elements says nothing of the column itself.
      notNull ||= type.notNull && !array;
      modifier = modifier === -1 ? type.belowModifier : modifier;
    } else {
      array = true;
    }
    type = known(types, type.element ?? type.below);
  }
  const shape: TypeShape = {
    base: type.name,
    kind: kinds[type.kind] ?? "base",
    category: type.category,
    array,
    domains,
    maxLength: maxLength(type.name, modifier),
    labels: type.labels,
    fields: type.kind === "c" ? type.fields.map((field) => fieldOf(types, field)) : [],
  };
  return { shape, notNull };
}

function fieldOf(types: ReadonlyMap<number, Type>, { name, type, oid, modifier }: Type["fields"][number]) {
  return { name, type, shape: shapeOf(types, oid, modifier).shape };
}

/** The modifier of varchar and char counts the header of 4 bytes. */
function maxLength(name: string, modifier: number): number | undefined {
  return (name === "varchar" || name === "bpchar") && modifier >= 4 ? modifier - 4 : undefined;
}

function known(types: ReadonlyMap<number, Type>, oid: number): Type {
  const type = types.get(oid);
  if (!type) throw new Error(`the catalog has no type ${oid}`);
  return type;
}
