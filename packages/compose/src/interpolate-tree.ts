import { UserError } from "@understudy/core";
import { interpolate, type MissingVariable, referencesOf, TemplateError } from "./interpolate.ts";
import { problem, shownPath, subjectOf } from "./tree/problem.ts";
import { type Mapping, type Position, replaceEach, type Tree } from "./tree/tree.ts";

type Path = readonly string[];
type Missing = MissingVariable & { at: Position; subject: string };

/** A variable that compose files name, and all places that do. `required`: at least one place has no default for it. */
export interface ReferencedVariable {
  name: string;
  required: boolean;
  places: { file: string; line: number; service: string | undefined }[];
}

/**
 * Replaces variables in every value (never in keys). `environment: NAME` without a value takes the variable of that name.
 * @throws UserError that names all missing variables at once, with file and service.
 */
export function interpolateFiles(trees: Mapping[], variables: Readonly<Record<string, string>>): Mapping[] {
  const missing: Missing[] = [];
  const result = trees.map(
    (tree) =>
      walk(tree, [], (template, at, path) => {
        const { text, missing: here } = interpolate(template, variables);
        missing.push(...here.map((variable) => ({ ...variable, at, subject: subjectOf(path) })));
        return text;
      }) as Mapping,
  );
  if (missing.length > 0) throw missingError(missing);
  return result;
}

/** All variables that the trees name, in order of their names. */
export function variablesIn(trees: Tree[]): ReferencedVariable[] {
  const found = new Map<string, ReferencedVariable>();
  for (const tree of trees) {
    walk(tree, [], (template, at, path) => {
      const service = path[0] === "services" ? path[1] : undefined;
      for (const { name, required } of referencesOf(template)) {
        const known = found.get(name) ?? { name, required: false, places: [] };
        known.required ||= required;
        known.places.push({ file: at.file, line: at.line, service });
        found.set(name, known);
      }
      return template;
    });
  }
  return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

type Change = (template: string, at: Position, path: Path) => string;

function walk(tree: Tree, path: Path, change: Change): Tree {
  if (tree.tag === "reset") return tree;
  const isEnvironment = path.length === 3 && path[0] === "services" && path[2] === "environment";
  if (tree.kind === "mapping") {
    return replaceEach(tree, (value, key) =>
      isEnvironment && value.kind === "scalar" && value.value === null && value.tag !== "reset"
        ? { ...value, value: apply(`\${${key}}`, value.at, path, change) }
        : walk(value, [...path, key], change),
    );
  }
  if (tree.kind === "sequence") {
    return {
      ...tree,
      items: tree.items.map((item, index) => {
        const passed =
          isEnvironment && item.kind === "scalar" && typeof item.value === "string" && passThrough(item.value);
        if (passed) return { ...item, value: `${item.value}=${apply(`\${${item.value}}`, item.at, path, change)}` };
        return walk(item, [...path, String(index)], change);
      }),
    };
  }
  if (namesVariable(path) && typeof tree.value === "string") {
    apply(`\${${tree.value}}`, tree.at, path, change);
    return tree;
  }
  if (typeof tree.value !== "string" || !tree.value.includes("$")) return tree;
  const text = apply(tree.value, tree.at, path, change);
  return { ...tree, value: isBooleanOnly(path) && (text === "true" || text === "false") ? text === "true" : text };
}

function apply(template: string, at: Position, path: Path, change: Change): string {
  try {
    return change(template, at, path);
  } catch (error) {
    if (error instanceof TemplateError)
      throw problem(at, subjectOf(path), `${path.slice(2).join(".")}: ${error.message}`);
    throw error;
  }
}

/** A list item `NAME` takes its value from the variables. */
const passThrough = (item: string): boolean => /^[A-Za-z_][A-Za-z0-9_]*$/.test(item);

/** `environment` of a config or secret is the name of a variable, not a template. */
const namesVariable = (path: Path): boolean =>
  (path[0] === "configs" || path[0] === "secrets") && path.length === 3 && path[2] === "environment";

/** The one place where the schema takes a boolean and no text. */
const isBooleanOnly = (path: Path): boolean => path[2] === "depends_on" && path[4] === "required";

function missingError(missing: Missing[]): UserError {
  const byName = Map.groupBy(missing, (variable) => variable.name);
  const list = [...byName].map(([name, places]) => {
    const shown = places.map(({ at, subject }) => [shownPath(at.file), subject].filter(Boolean).join(", "));
    const state = places.some((place) => place.empty) ? " is empty" : "";
    const message = places.find((place) => place.message)?.message;
    return `${name}${state} (${[...new Set(shown)].join("; ")}${message ? `: ${message}` : ""})`;
  });
  const count = byName.size === 1 ? "A variable is missing" : `${byName.size} variables are missing`;
  return new UserError(`${count}: ${list.join(", ")}`, { next: "Set them in the environment's .env file" });
}
