import { UserError } from "@understudy/core";
import type { PathRule } from "../../policy/policy.ts";
import { showStep } from "./path.ts";
import { hasChildren, type Node, type Tree } from "./tree.ts";

/** A place of a document with what holds there. */
export interface Region {
  /** As a policy writes it. */
  readonly path: string;
  /** What is said of the structure below; undefined: nothing. */
  readonly node: Node | undefined;
  /** Holds for the value there, and below it for what has no rule of its own; undefined: the policy does not know the place. */
  readonly rule: PathRule | undefined;
}

/** A whole document. @throws UserError, as all of these, where something is said of what is below a place that is dropped. */
export function rootRegion({ root }: Tree): Region {
  if (root.rule?.rule.kind === "drop") {
    throw new UserError("$: a whole document cannot be dropped", { next: "Say null" });
  }
  return checked({ path: "$", node: root, rule: root.rule });
}

/** Keys whose places may differ from those of all other keys. */
export function specialKeys({ anywhere }: Tree, { node }: Region): string[] {
  return [...new Set([...(node?.keys.keys() ?? []), ...anywhere.keys()])];
}

/** The place of a key: a rule that names it by its whole path comes first, then `**.key`, then any key; but no keep by `**` lifts a mask. */
export function atKey({ anywhere }: Tree, { path, node, rule }: Region, key: string): Region {
  const below = node?.keys.get(key) ?? node?.any;
  const inherited = below?.rule ?? rule;
  const deep = anywhere.get(key);
  const wins = deep && !(below?.rule && below.named) && (deep.rule.kind !== "keep" || !isMask(inherited));
  return checked({
    path: `${path}${showStep({ kind: "key", key })}`,
    node: below,
    rule: wins ? deep : inherited,
  });
}

/** The place of every key that is not special. */
export function atOtherKeys({ path, node, rule }: Region): Region {
  return checked({ path: `${path}.*`, node: node?.any, rule: node?.any?.rule ?? rule });
}

export function atItems({ path, node, rule }: Region): Region {
  return checked({ path: `${path}[*]`, node: node?.items, rule: node?.items?.rule ?? rule });
}

export function isMask(rule: PathRule | undefined): boolean {
  return rule !== undefined && rule.rule.kind !== "keep";
}

export function isDropped({ rule }: Region): boolean {
  return rule?.rule.kind === "drop";
}

/** Whether nothing below it can be changed by its rule or by any other. */
export function isKept({ anywhere }: Tree, { node, rule }: Region): boolean {
  return rule?.rule.kind === "keep" && !hasChildren(node) && ![...anywhere.values()].some(isMask);
}

function checked(region: Region): Region {
  const kind = region.rule?.rule.kind;
  if ((kind === "drop" || kind === "null") && hasChildren(region.node)) {
    throw new UserError(`${region.path}: the policy says ${kind} of it, and something of what is below it`, {
      next: `Say something else of ${region.path}, or nothing of what is below`,
    });
  }
  return region;
}
