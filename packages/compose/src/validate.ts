import type { ErrorObject } from "ajv";
import { composeValidator } from "./schema/validator.ts";
import { problem, subjectOf } from "./tree/problem.ts";
import { type Mapping, type Position, type Tree, toPlain } from "./tree/tree.ts";

/** Checks one file against the Compose specification's JSON schema. @throws UserError with place, service and key. */
export function validateSchema(tree: Mapping): void {
  const validate = composeValidator();
  if (validate(toPlain(tree))) return;
  const errors = validate.errors ?? [];
  const deepest = Math.max(...errors.map(depth));
  const nearest = errors.filter((error) => depth(error) === deepest && !/^(oneOf|anyOf)$/.test(error.keyword));
  const error = nearest[0] ?? errors[0];
  if (!error) throw new Error("the schema refused a file without saying why");
  const path = pathOf(error);
  const subject = subjectOf(path);
  const key = (subject ? path.slice(2) : path).join(".");
  throw problem(positionOf(tree, path), subject, `${key ? `'${key}' ` : ""}${describe(error, nearest)}`);
}

const depth = (error: ErrorObject): number => error.instancePath.split("/").length;

const pathOf = (error: ErrorObject): string[] =>
  error.instancePath
    .split("/")
    .slice(1)
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));

function positionOf(tree: Tree, path: string[]): Position {
  let at = tree.at;
  let here: Tree | undefined = tree;
  for (const part of path) {
    if (here?.kind === "mapping") {
      const entry = here.entries.get(part);
      at = entry?.at ?? at;
      here = entry?.value;
    } else if (here?.kind === "sequence") {
      here = here.items[Number(part)];
      at = here?.at ?? at;
    }
  }
  return at;
}

function describe(error: ErrorObject, nearest: ErrorObject[]): string {
  const params = error.params as Record<string, unknown>;
  if (error.keyword === "type") {
    const types = new Set(
      nearest
        .filter((other) => other.keyword === "type" && other.instancePath === error.instancePath)
        .flatMap((other) => (other.params as { type: string | string[] }).type),
    );
    return `must be ${[...types].map(typeName).join(" or ")}`;
  }
  if (error.keyword === "enum") return `must be one of ${(params.allowedValues as unknown[]).join(", ")}`;
  if (error.keyword === "additionalProperties") return `has no key '${params.additionalProperty}' in Compose`;
  if (error.keyword === "required") return `needs the key '${params.missingProperty}'`;
  return error.message ?? "does not follow the Compose specification";
}

function typeName(type: string): string {
  const names: Record<string, string> = {
    object: "a mapping",
    array: "a list",
    string: "text",
    integer: "a whole number",
    number: "a number",
    boolean: "true or false",
    null: "empty",
  };
  return names[type] ?? type;
}
