import { problem, subjectOf } from "./tree/problem.ts";
import { child, isNull, type Mapping, type Sequence, type Tree } from "./tree/tree.ts";

type Path = readonly string[];

/**
 * Lays one canonical file over another by the Compose specification: mappings merge, lists append without repetition
 * (mounts, configs and secrets by their target), other values replace, null keeps what was there. `!reset` removes,
 * `!override` replaces without merging.
 * @throws UserError when a mapping meets a list.
 */
export function mergeFiles(base: Mapping, over: Mapping): Mapping {
  return mergeMappings(base, over, []);
}

/** What is left of a single file: without what it resets, without repetitions in its lists. */
export function settle(tree: Mapping): Mapping {
  return settleTree(tree, []) as Mapping;
}

/** Values that replace those of earlier files as a whole. */
const REPLACED = new Set(["command", "entrypoint", "healthcheck.test"]);

function mergeTrees(base: Tree, over: Tree, path: Path): Tree {
  const key = path[0] === "services" ? path.slice(2).join(".") : "";
  if (over.tag || base.tag === "reset" || REPLACED.has(key)) return over;
  if (isNull(over)) return base;
  if (isNull(base)) return over;
  if (key === "logging" && differentDrivers(base, over)) return over;
  if (base.kind === "mapping" && over.kind === "mapping") return mergeMappings(base, over, path);
  if (base.kind === "sequence" && over.kind === "sequence") {
    return { ...over, ...keepTag(base), items: [...base.items, ...over.items] };
  }
  const mixed = base.kind !== over.kind && !(path[3] !== undefined && path[2] === "ulimits");
  if (mixed) {
    throw problem(
      over.at,
      subjectOf(path),
      `'${key || path.join(".")}' is a ${over.kind} here and a ${base.kind} in an earlier file`,
    );
  }
  return over;
}

function mergeMappings(base: Mapping, over: Mapping, path: Path): Mapping {
  const entries = new Map(base.entries);
  for (const [key, entry] of over.entries) {
    const before = entries.get(key);
    const value = before ? mergeTrees(before.value, entry.value, [...path, key]) : entry.value;
    entries.set(key, { at: entry.at, value });
  }
  return { ...over, ...keepTag(base), entries };
}

/** A merged value keeps replacing what a still earlier file says if its first part did. */
const keepTag = (base: Tree) => (base.tag ? { tag: base.tag } : {});

function differentDrivers(base: Tree, over: Tree): boolean {
  const [before, after] = [child(base, "driver"), child(over, "driver")];
  return before?.kind === "scalar" && after?.kind === "scalar" && before.value !== after.value;
}

function settleTree(tree: Tree, path: Path): Tree {
  if (tree.kind === "scalar") return tree;
  if (tree.kind === "sequence") {
    const kept = tree.items
      .filter((item) => item.tag !== "reset")
      .map((item, index) => settleTree(item, [...path, `${index}`]));
    return unique({ ...tree, items: kept }, path);
  }
  const entries: Mapping["entries"] = new Map();
  for (const [key, entry] of tree.entries) {
    if (entry.value.tag !== "reset") entries.set(key, { at: entry.at, value: settleTree(entry.value, [...path, key]) });
  }
  return { ...tree, entries };
}

/** A later item replaces an earlier one with the same key, at the earlier one's place. */
function unique(tree: Sequence, path: Path): Sequence {
  const keyOf = itemKey(path);
  if (!keyOf) return tree;
  const items = new Map<string, Tree>();
  for (const item of tree.items) items.set(keyOf(item), item);
  return { ...tree, items: [...items.values()] };
}

const PLAIN_LISTS = new Set(["cap_add", "cap_drop", "extra_hosts", "profiles", "security_opt", "tmpfs"]);

function itemKey(path: Path): ((item: Tree) => string) | undefined {
  const text = (item: Tree, key: string) => {
    const value = child(item, key);
    return value?.kind === "scalar" ? String(value.value) : "";
  };
  if (path[0] === "networks" && path[2] === "ipam" && path[3] === "config") return (item) => text(item, "subnet");
  if (path[0] !== "services") return undefined;
  const key = path[2] ?? "";
  if (key === "networks" && path[4] === "aliases") return scalarKey;
  if (key === "deploy" && path[4] === "constraints") return scalarKey;
  if (key === "deploy" && path[4] === "preferences") return (item) => text(item, "spread");
  if (path.length !== 3) return undefined;
  if (PLAIN_LISTS.has(key)) return scalarKey;
  if (key === "volumes") return (item) => text(item, "target");
  if (key === "configs") return (item) => text(item, "target") || `/${text(item, "source")}`;
  if (key === "secrets") return (item) => secretTarget(text(item, "target") || text(item, "source"));
  if (key === "ports") {
    return (item) =>
      [text(item, "host_ip"), text(item, "published"), text(item, "target"), text(item, "protocol") || "tcp"].join("|");
  }
  return undefined;
}

const scalarKey = (item: Tree): string => (item.kind === "scalar" ? String(item.value) : JSON.stringify(item.at));

/** A secret's relative target lies under /run/secrets. */
export const secretTarget = (target: string): string => (target.startsWith("/") ? target : `/run/secrets/${target}`);
