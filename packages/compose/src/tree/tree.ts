/** Where a value was written, for error messages. Lines and columns start at 1. */
export interface Position {
  file: string;
  line: number;
  column: number;
}

/** `!reset` removes the value of earlier files; `!override` replaces it instead of merging. */
export type MergeTag = "reset" | "override";

export interface Scalar {
  kind: "scalar";
  value: string | number | boolean | null;
  at: Position;
  tag?: MergeTag;
}
export interface Sequence {
  kind: "sequence";
  items: Tree[];
  at: Position;
  tag?: MergeTag;
}
export interface Mapping {
  kind: "mapping";
  entries: Map<string, Entry>;
  at: Position;
  tag?: MergeTag;
}
/** A key's own position and its value. */
export interface Entry {
  at: Position;
  value: Tree;
}

/** YAML as read, with every value's position: what all stages between reading and the model work on. */
export type Tree = Scalar | Sequence | Mapping;

export const scalar = (value: Scalar["value"], like: Tree): Scalar => ({ kind: "scalar", value, at: like.at });

/** A sequence that takes its position and merge tag from the value it replaces. */
export const sequence = (items: Tree[], like: Tree): Sequence => ({
  kind: "sequence",
  items,
  at: like.at,
  ...tagOf(like),
});

/** A mapping that takes its position and merge tag from the value it replaces. */
export function mapping(entries: Iterable<[string, Tree]>, like: Tree): Mapping {
  const all = new Map<string, Entry>();
  for (const [key, value] of entries) all.set(key, { at: value.at, value });
  return { kind: "mapping", entries: all, at: like.at, ...tagOf(like) };
}

/** The value under a key, or undefined when there is none, it is null, or the tree is no mapping. */
export function child(tree: Tree | undefined, key: string): Tree | undefined {
  if (tree?.kind !== "mapping") return undefined;
  const value = tree.entries.get(key)?.value;
  return value && isNull(value) ? undefined : value;
}

/** Keys and values of a mapping; nothing for anything else. */
export function entriesOf(tree: Tree | undefined): [string, Entry][] {
  return tree?.kind === "mapping" ? [...tree.entries] : [];
}

/** The items of a sequence; nothing for anything else. */
export const itemsOf = (tree: Tree | undefined): Tree[] => (tree?.kind === "sequence" ? tree.items : []);

export const isNull = (tree: Tree): boolean => tree.kind === "scalar" && tree.value === null && tree.tag !== "reset";

/** The same mapping with the values of some keys replaced; a change is skipped where the key is missing or null. */
export function replaceChildren(tree: Tree, changes: Record<string, (value: Tree) => Tree>): Tree {
  if (tree.kind !== "mapping") return tree;
  const entries = new Map(tree.entries);
  for (const [key, change] of Object.entries(changes)) {
    const entry = entries.get(key);
    if (entry && !isNull(entry.value) && entry.value.tag !== "reset") {
      entries.set(key, { at: entry.at, value: change(entry.value) });
    }
  }
  return { ...tree, entries };
}

/** The same mapping with every value changed. */
export function replaceEach(tree: Tree, change: (value: Tree, key: string) => Tree): Tree {
  if (tree.kind !== "mapping") return tree;
  const entries = new Map<string, Entry>();
  for (const [key, entry] of tree.entries) entries.set(key, { at: entry.at, value: change(entry.value, key) });
  return { ...tree, entries };
}

/** Plain JavaScript values; what is tagged `!reset` is left out. */
export function toPlain(tree: Tree): unknown {
  if (tree.kind === "scalar") return tree.value;
  if (tree.kind === "sequence") return tree.items.filter((item) => item.tag !== "reset").map(toPlain);
  const kept = [...tree.entries].filter(([, entry]) => entry.value.tag !== "reset");
  return Object.fromEntries(kept.map(([key, entry]) => [key, toPlain(entry.value)]));
}

function tagOf(tree: Tree): { tag?: MergeTag } {
  return tree.tag ? { tag: tree.tag } : {};
}
