import { type Mapping, mapping, type Scalar, scalar, sequence, type Tree } from "../tree/tree.ts";

/** `[A=1, B]` or `{A: 1}` to `{A: "1", B: ""}`; values become text. */
export function pairsToMapping(tree: Tree): Tree {
  if (tree.kind === "mapping")
    return mapping(
      [...tree.entries].map(([key, { value }]) => [key, asText(value)]),
      tree,
    );
  if (tree.kind !== "sequence") return tree;
  return mapping(
    tree.items.map((item) => {
      const text = String(item.kind === "scalar" ? item.value : "");
      const split = text.indexOf("=");
      return split < 0 ? [text, scalar("", item)] : [text.slice(0, split), scalar(text.slice(split + 1), item)];
    }),
    tree,
  );
}

/** `[a, b]` to `{a: …, b: …}` with a value for each. */
export function namesToMapping(tree: Tree, value: (item: Tree) => Tree): Tree {
  if (tree.kind !== "sequence") return tree;
  return mapping(
    tree.items.map((item) => [String(item.kind === "scalar" ? item.value : ""), value(item)]),
    tree,
  );
}

/** A single text to a list of one. */
export function textToList(tree: Tree): Tree {
  return tree.kind === "scalar" ? sequence([scalar(tree.value, tree)], tree) : tree;
}

/** Hosts as `host=address` items, from a map (also of lists) or a list with `=` or `:`. */
export function hostsToList(tree: Tree): Tree {
  if (tree.kind === "sequence") return { ...tree, items: tree.items.map(hostItem) };
  if (tree.kind !== "mapping") return tree;
  const items = [...tree.entries].flatMap(([host, { value }]) =>
    (value.kind === "sequence" ? value.items : [value]).map((address) =>
      scalar(`${host}=${address.kind === "scalar" ? bare(String(address.value)) : ""}`, address),
    ),
  );
  return sequence(items, tree);
}

function hostItem(item: Tree): Tree {
  if (item.kind !== "scalar") return item;
  const text = String(item.value);
  const split = text.includes("=") ? text.indexOf("=") : text.indexOf(":");
  return split < 0 ? item : scalar(`${text.slice(0, split)}=${bare(text.slice(split + 1))}`, item);
}

/** An IPv6 address without its brackets. */
const bare = (address: string): string => address.replace(/^\[(.*)\]$/, "$1");

function asText(value: Tree): Tree {
  if (value.kind !== "scalar" || value.tag === "reset") return value;
  const text: Scalar = scalar(value.value === null ? "" : String(value.value), value);
  return value.tag ? { ...text, tag: value.tag } : text;
}

/** A mapping from plain text values, placed where `like` stands. */
export function record(values: Record<string, Scalar["value"] | undefined>, like: Tree): Mapping {
  const entries = Object.entries(values).flatMap(([key, value]): [string, Tree][] =>
    value === undefined ? [] : [[key, scalar(value, like)]],
  );
  return mapping(entries, { ...like, tag: undefined } as unknown as Tree);
}
