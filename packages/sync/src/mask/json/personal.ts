import { quoteLiteral } from "@understudy/postgres";
import type { PathRule } from "../../policy/policy.ts";
import type { Personal } from "../compile/masked-value.ts";
import { walk } from "./deep.ts";
import type { Documents } from "./documents.ts";
import { maskText } from "./leaf.ts";
import { keysSql } from "./path.ts";
import { atItems, atKey, atOtherKeys, isKept, type Region, specialKeys } from "./region.ts";
import { hasChildren } from "./tree.ts";

/** Where values stand: an SQL expression over what `from` lists, such as the elements of an array. */
interface Source {
  readonly value: string;
  readonly from: readonly string[];
}

/** Queries of the raw values of a document that are masked or left out. @param value SQL of type `jsonb`. */
export function personalIn(documents: Documents, value: string, region: Region): Personal[] {
  return below(documents, { value, from: [] }, region);
}

function below(documents: Documents, source: Source, region: Region): Personal[] {
  const { tree } = documents;
  if (isKept(tree, region)) return [];
  if (!hasChildren(region.node)) return scalars(documents, source, region);
  const special = specialKeys(tree, region);
  const inSpecial = special.flatMap((key) =>
    below(documents, { ...source, value: `(${source.value} -> ${quoteLiteral(key)})` }, atKey(tree, region, key)),
  );
  const object = `CASE WHEN jsonb_typeof(${source.value}) = 'object' THEN ${source.value} - ${keysSql(special)} END`;
  const inOthers = below(
    documents,
    unfolded(documents, source, `jsonb_each(${object})`, "key, value"),
    atOtherKeys(region),
  );
  const array = `CASE WHEN jsonb_typeof(${source.value}) = 'array' THEN ${source.value} END`;
  const inItems = below(
    documents,
    unfolded(documents, source, `jsonb_array_elements(${array})`, "value"),
    atItems(region),
  );
  const single = `CASE WHEN jsonb_typeof(${source.value}) NOT IN ('object', 'array') THEN ${source.value} END`;
  const itself = region.rule ? below(documents, { ...source, value: single }, { ...region, node: undefined }) : [];
  return [...inSpecial, ...inOthers, ...inItems, ...itself];
}

function unfolded(documents: Documents, { from }: Source, elements: string, columns: string): Source {
  const name = documents.fresh();
  return { value: `${name}.value`, from: [...from, `${elements} AS ${name}(${columns})`] };
}

/** Every text and number at and below a value, by the rule that holds there. */
function scalars(documents: Documents, { value, from }: Source, region: Region): Personal[] {
  return textsByRule(documents, value, region).flatMap(({ rule, texts }) => {
    const path = `${documents.column} ${rule === region.rule ? region.path : rule.path}`;
    return personalOf(documents, rule).map((one) => ({
      ...one,
      path,
      query: `SELECT found.value FROM ${[...from, `LATERAL (${texts}) AS leaf(text)`, `LATERAL (${one.query}) AS found(value)`].join(", ")}`,
    }));
  });
}

function textsByRule(
  { tree }: Documents,
  value: string,
  region: Region,
): { readonly rule: PathRule; readonly texts: string }[] {
  if (!tree.anywhere.size) {
    const all = `jsonb_path_query(${value}, 'strict $.** ? (@.type() == "string" || @.type() == "number")') AS node(value)`;
    return region.rule ? [{ rule: region.rule, texts: `SELECT value #>> '{}' FROM ${all}` }] : [];
  }
  const { cte, rules } = walk(tree, region, value);
  return rules.map((rule, index) => ({
    rule,
    texts: `${cte} SELECT value #>> '{}' FROM node WHERE rule = ${index + 1} AND jsonb_typeof(value) IN ('string', 'number')`,
  }));
}

/** Of a text `leaf.text`. What is left out may stand elsewhere as well. */
function personalOf(documents: Documents, rule: PathRule): readonly Omit<Personal, "path">[] {
  if (rule.rule.kind === "mask") return maskText(documents, "leaf.text", rule).personal;
  return [{ query: "SELECT leaf.text", fingerprint: "text", constants: [] }];
}
