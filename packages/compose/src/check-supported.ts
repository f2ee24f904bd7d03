import { type Key, type Keys, refusedKeys, supportedKeys } from "./supported-keys.ts";
import { problem, subjectOf } from "./tree/problem.ts";
import { entriesOf, itemsOf, type Mapping, type Position, type Tree } from "./tree/tree.ts";

/**
 * Removes `x-` extensions and refuses every key that is not in `supportedKeys`, so that nothing is ever ignored.
 * @throws UserError with file, line, column, service and key.
 */
export function checkSupported(tree: Mapping): Mapping {
  return fixed(tree, supportedKeys, []) as Mapping;
}

type Path = readonly string[];

/** A mapping whose keys are fixed. Other kinds of value pass: the schema judges them. */
function fixed(tree: Tree, keys: Keys, path: Path): Tree {
  if (tree.kind !== "mapping") return tree;
  const kept: Mapping["entries"] = new Map();
  for (const [name, entry] of tree.entries) {
    if (name.startsWith("x-")) continue;
    const key = Object.hasOwn(keys, name) ? keys[name] : undefined;
    if (!key) throw refusal(entry.at, [...path, name]);
    kept.set(name, { at: entry.at, value: inside(entry.value, key, [...path, name]) });
  }
  return { ...tree, entries: kept };
}

function inside(tree: Tree, key: Key, path: Path): Tree {
  if (key.keys) return fixed(tree, key.keys, path);
  const each = key.each;
  if (!each) return tree;
  if (tree.kind === "sequence") {
    return { ...tree, items: itemsOf(tree).map((item, index) => fixed(item, each, [...path, String(index)])) };
  }
  if (tree.kind !== "mapping") return tree;
  const entries: Mapping["entries"] = new Map();
  for (const [name, entry] of entriesOf(tree)) {
    entries.set(name, { at: entry.at, value: fixed(entry.value, each, [...path, name]) });
  }
  return { ...tree, entries };
}

function refusal(at: Position, path: Path) {
  const name = path.at(-1) ?? "";
  const subject = subjectOf(path);
  const shown = (subject && path.length > 2 ? path.slice(2) : path).join(".");
  const remedy = Object.hasOwn(refusedKeys, name) ? refusedKeys[name] : "Remove it";
  return problem(at, subject, `key '${shown}' is not supported`, `${remedy}; see docs/configuration.md#compose-keys`);
}
