import { problem } from "../tree/problem.ts";
import { type Mapping, sequence, type Tree } from "../tree/tree.ts";
import { record } from "./pairs.ts";

/** Every mount as `{type, source, target, read_only}`. */
export function canonicalMounts(tree: Tree, subject: string): Tree {
  if (tree.kind !== "sequence") return tree;
  return sequence(
    tree.items.map((item) => (item.kind === "scalar" ? shortMount(item, String(item.value), subject) : item)),
    tree,
  );
}

/** Every config or secret of a service as `{source, target?, …}`. */
export function canonicalFiles(tree: Tree): Tree {
  if (tree.kind !== "sequence") return tree;
  return sequence(
    tree.items.map((item) => (item.kind === "scalar" ? record({ source: String(item.value) }, item) : item)),
    tree,
  );
}

/** `SOURCE:TARGET[:ro|rw]`; a source that starts with `.`, `/` or `~` is a path on the host. */
function shortMount(item: Tree, text: string, subject: string): Mapping {
  const wrong = (why: string) => problem(item.at, subject, `volume '${text}' ${why}`);
  const [source = "", target, mode = "rw", ...rest] = text.split(":");
  if (target === undefined) throw wrong("has no name, so its data could not be kept; write name:path");
  if (source === "" || target === "" || rest.length > 0) throw wrong("is not source:target[:ro]");
  if (mode !== "ro" && mode !== "rw") throw wrong(`has the option '${mode}'; only ro and rw are supported`);
  const type = /^[./~]/.test(source) ? "bind" : "volume";
  return record({ type, source, target, read_only: mode === "ro" ? true : undefined }, item);
}
