import { UserError } from "@understudy/core";
import { parsePath } from "../../mask/json/path.ts";
import type { ColumnRule, MaskRule, PathRule, PropertyRule } from "../policy.ts";
import { checkMask, maskerNames } from "./maskers.ts";
import { refused, type Written } from "./written.ts";

type Path = readonly PropertyKey[];

/** What is said of a column. @throws UserError naming file, line, field, value and what there is. */
export function columnRule(written: Written, path: Path, value: unknown): ColumnRule {
  const source = written.place(path);
  if (isObject(value) && "json" in value) return { source, ...jsonRule(written, path, value) };
  if (isObject(value) && "derive" in value) {
    only(written, path, value, ["derive"]);
    if (typeof value.derive !== "string" || !value.derive.trim())
      throw refused(written, [...path, "derive"], "must be SQL over the table's columns");
    return { source, kind: "derive", sql: value.derive };
  }
  const forms = ["{ mask: … }", "{ json: … }", "{ derive: … }"];
  return { source, ...simpleRule(written, path, value, ["keep", "null"], forms) };
}

/** What is said of a property of a node or a relationship. */
export function propertyRule(written: Written, path: Path, value: unknown): PropertyRule {
  return { source: written.place(path), ...simpleRule(written, path, value, ["keep", "null"], ["{ mask: … }"]) };
}

function jsonRule(written: Written, path: Path, value: Readonly<Record<string, unknown>>) {
  only(written, path, value, ["json"]);
  if (!isObject(value.json))
    throw refused(written, [...path, "json"], "must have a rule by path: { $.contact.email: email }");
  const paths = Object.entries(value.json).map(([name, rule]): PathRule => {
    const at = [...path, "json", name];
    assertPath(written, at, name);
    const said = simpleRule(written, at, rule, ["keep", "null", "drop"], ["{ mask: … }"]);
    return { source: written.place(at), path: name, rule: said };
  });
  return { kind: "json" as const, paths };
}

function assertPath(written: Written, at: Path, path: string): void {
  try {
    parsePath(path);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw refused(written, at, error.next ? `${error.message}. ${error.next}` : error.message);
  }
}

type Simple<Word> = { readonly kind: Word } | MaskRule;

/** A word, a masker's name, or a masker with its options. Nothing at all (`note:`) means `null`. */
function simpleRule<const Word extends string>(
  written: Written,
  path: Path,
  value: unknown,
  words: readonly Word[],
  forms: readonly string[],
): Simple<Word> {
  const word = words.find((one) => one === (value ?? "null"));
  if (word) return { kind: word };
  if (typeof value === "string" && maskerNames.includes(value)) return mask(written, path, { mask: value });
  if (isObject(value) && "mask" in value) return mask(written, path, value);
  throw refused(written, path, `there are ${[...words, ...maskerNames, ...forms].join(", ")}`);
}

function mask(written: Written, path: Path, value: Readonly<Record<string, unknown>>): MaskRule {
  const { mask: masker, distinct = false, person, ...options } = value;
  const at = (field: string) => (field in value ? [...path, field] : path);
  if (typeof masker !== "string" || !maskerNames.includes(masker))
    throw refused(written, at("mask"), `there are keep, null, ${maskerNames.join(", ")}`);
  if (typeof distinct !== "boolean") throw refused(written, at("distinct"), "must be true or false");
  if (person !== undefined && typeof person !== "string")
    throw refused(written, at("person"), "must be the name of the column that says whose row it is");
  checkMask(masker, options, (field, why) => refused(written, [...path, ...field], why));
  return { kind: "mask", masker, distinct, person, options };
}

function only(written: Written, path: Path, value: Readonly<Record<string, unknown>>, known: readonly string[]): void {
  const other = Object.keys(value).find((name) => !known.includes(name));
  if (other) throw refused(written, [...path, other], `cannot stand beside ${known.join(", ")}`);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
