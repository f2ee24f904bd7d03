import { UserError } from "@understudy/core";
import type { PathRule } from "../../policy/policy.ts";
import { parsePath, type Step } from "./path.ts";

/** What a policy says of JSON documents, by structure. */
export interface Tree {
  readonly root: Node;
  /** Of `**.key`, by key. */
  readonly anywhere: ReadonlyMap<string, PathRule>;
}

/** One place of a document's structure. */
export interface Node {
  /** For this place and all below it that nothing more specific is said of. */
  readonly rule: PathRule | undefined;
  /** Whether the path of the rule ends with the key itself, not with any key. */
  readonly named: boolean;
  readonly keys: ReadonlyMap<string, Node>;
  /** For keys that are not in `keys`; what it says is part of those in `keys` already. */
  readonly any: Node | undefined;
  readonly items: Node | undefined;
}

/** Sort rules into a tree. @throws UserError for what is no path or is said twice. */
export function resolvePaths(rules: readonly PathRule[]): Tree {
  const anywhere = new Map<string, PathRule>();
  const root = new Draft(true);
  for (const rule of rules) {
    const path = parsePath(rule.path);
    if (path.kind === "anywhere") {
      if (anywhere.has(path.key)) throw saidTwice(rule);
      anywhere.set(path.key, rule);
    } else {
      const draft = path.steps.reduce((at, step) => at.child(step), root);
      if (draft.rule) throw saidTwice(rule);
      draft.rule = rule;
    }
  }
  return { root: merge([root]) as Node, anywhere };
}

export function hasChildren(node: Node | undefined): boolean {
  return node !== undefined && (node.keys.size > 0 || node.any !== undefined || node.items !== undefined);
}

/** A place as the rules say it, before what is said of any key is laid under what is said of a key. */
class Draft {
  readonly named: boolean;
  readonly keys = new Map<string, Draft>();
  rule: PathRule | undefined;
  any: Draft | undefined;
  items: Draft | undefined;

  constructor(named: boolean) {
    this.named = named;
  }

  child(step: Step): Draft {
    if (step.kind === "any") {
      this.any ??= new Draft(false);
      return this.any;
    }
    if (step.kind === "items") {
      this.items ??= new Draft(true);
      return this.items;
    }
    const found = this.keys.get(step.key) ?? new Draft(true);
    this.keys.set(step.key, found);
    return found;
  }
}

/** @param drafts of one place, the most specific first. */
function merge(drafts: readonly (Draft | undefined)[]): Node | undefined {
  const said = drafts.filter((draft) => draft !== undefined);
  if (!said.length) return undefined;
  const ruled = said.find(({ rule }) => rule);
  const names = new Set(said.flatMap(({ keys }) => [...keys.keys()]));
  const below = (name: string) => merge(said.flatMap(({ keys, any }) => [keys.get(name), any])) as Node;
  return {
    rule: ruled?.rule,
    named: ruled?.named ?? false,
    keys: new Map([...names].map((name) => [name, below(name)])),
    any: merge(said.map(({ any }) => any)),
    items: merge(said.map(({ items }) => items)),
  };
}

function saidTwice({ path, source }: PathRule): UserError {
  return new UserError(`${path} has two rules, the second at ${source}`, { next: "Leave one" });
}
