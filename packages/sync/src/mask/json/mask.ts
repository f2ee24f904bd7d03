import { quoteLiteral } from "@understudy/postgres";
import { bound, type Documents } from "./documents.ts";
import { maskKey, maskLeaf } from "./leaf.ts";
import { maskDeep } from "./mask-deep.ts";
import { keysSql } from "./path.ts";
import { atItems, atKey, atOtherKeys, isDropped, isKept, type Region, specialKeys } from "./region.ts";
import { hasChildren } from "./tree.ts";

/**
 * SQL of type `jsonb` of a value with its rules applied; the value's own SQL where nothing of it changes.
 * @param value SQL of type `jsonb`. What the policy does not know becomes null.
 */
export function maskJson(documents: Documents, value: string, region: Region): string {
  if (isKept(documents.tree, region)) return value;
  if (region.rule?.rule.kind === "null" || isDropped(region)) return "'null'::jsonb";
  if (!hasChildren(region.node)) return maskWhole(documents, value, region);
  const leaf = maskLeaf(documents, value, region.rule);
  return `CASE jsonb_typeof(${value}) WHEN 'object' THEN ${maskObject(documents, value, region)}
    WHEN 'array' THEN ${maskArray(documents, value, region)} ELSE ${leaf} END`;
}

/** Where nothing more is said of what is below. Mostly it is a text: that is asked first. */
function maskWhole(documents: Documents, value: string, region: Region): string {
  const deep = maskDeep(documents, value, region);
  const isDeep = `jsonb_typeof(${value}) IN ('object', 'array')`;
  if (region.rule?.rule.kind === "mask") {
    return maskLeaf(documents, value, region.rule, `CASE WHEN ${isDeep} THEN ${deep} ELSE ${value} END`);
  }
  return `CASE WHEN ${isDeep} THEN ${deep} ELSE ${maskLeaf(documents, value, region.rule)} END`;
}

interface Entry {
  readonly key: string;
  readonly region: Region;
}

function maskObject(documents: Documents, value: string, region: Region): string {
  const { tree } = documents;
  const special = specialKeys(tree, region).map((key): Entry => ({ key, region: atKey(tree, region, key) }));
  const others = atOtherKeys(region);
  // Keys that nothing is said of stop the copy: there are none here.
  const othersStay = isKept(tree, others) || (!others.rule && !others.node && !tree.anywhere.size);
  return othersStay ? setKeys(documents, value, special) : rebuild(documents, value, special, others);
}

/** Where all other keys stay as they are: faster than to build the object anew. */
function setKeys(documents: Documents, value: string, special: readonly Entry[]): string {
  const dropped = special.filter(({ region }) => isDropped(region)).map(({ key }) => key);
  const changed = special.filter(({ region }) => !isDropped(region) && !isKept(documents.tree, region));
  return changed.reduce(
    (object, { key, region }) => {
      const below = `(${value} -> ${quoteLiteral(key)})`;
      const mask = (below: string) => maskJson(documents, below, region);
      // A text is looked at three or four times at most, whatever its SQL has for other kinds of values.
      const masked = hasChildren(region.node) ? bound(documents, below, mask) : mask(below);
      // A key that is not there has no value, and jsonb_set would make nothing of the whole object.
      return `jsonb_set(${object}, ${keysSql([key])}, coalesce(${masked}, 'null'), false)`;
    },
    dropped.length ? `(${value} - ${keysSql(dropped)})` : value,
  );
}

function rebuild(documents: Documents, value: string, special: readonly Entry[], others: Region): string {
  const name = documents.fresh();
  const [dropped, stay] = [true, false].map((drops) => special.filter(({ region }) => isDropped(region) === drops));
  const keys = (entries: readonly Entry[] = []) => keysSql(entries.map(({ key }) => key));
  const whens = (stay ?? []).map(
    ({ key, region }) => `WHEN ${quoteLiteral(key)} THEN ${maskJson(documents, `${name}.value`, region)}`,
  );
  const rest = maskJson(documents, `${name}.value`, others);
  const masked = whens.length ? `CASE ${name}.key ${whens.join(" ")} ELSE ${rest} END` : rest;
  const key = `CASE WHEN ${name}.key = ANY (${keys(special)}) THEN ${name}.key ELSE ${maskKey(documents, `${name}.key`, others.rule)} END`;
  const kept = isDropped(others) ? `= ANY (${keys(stay)})` : `<> ALL (${keys(dropped)})`;
  return `coalesce((SELECT jsonb_object_agg(${key}, ${masked})
    FROM jsonb_each(${value}) AS ${name}(key, value) WHERE ${name}.key ${kept}), '{}')`;
}

function maskArray(documents: Documents, value: string, region: Region): string {
  const items = atItems(region);
  if (!region.node?.items) return maskJson(documents, value, { ...region, node: undefined });
  if (isDropped(items)) return "'[]'::jsonb";
  const name = documents.fresh();
  const masked = maskJson(documents, `${name}.value`, items);
  const elements = `jsonb_array_elements(${value}) WITH ORDINALITY AS ${name}(value, place)`;
  return `coalesce((SELECT jsonb_agg(${masked} ORDER BY ${name}.place) FROM ${elements}), '[]')`;
}
