import { UserError } from "@understudy/core";
import { hashOf } from "./hash.ts";
import type { Recipe } from "./recipe.ts";

/** A recipe that does not know its bases yet. */
export interface Draft extends Omit<Recipe, "hash" | "bases"> {
  /** The names of our images in its FROM lines. */
  readonly startsFrom: readonly string[];
  /** Of its own folder alone. */
  readonly ownHash: string;
}

/**
 * Find each recipe's bases by their image names, and fold the bases' hashes into its own: a changed base changes what stands on it.
 * @throws UserError for a base that no recipe builds, or that starts from itself.
 */
export function linkBases(drafts: readonly Draft[]): Recipe[] {
  return drafts.map((draft) => link(draft, drafts, []));
}

function link(draft: Draft, drafts: readonly Draft[], above: readonly string[]): Recipe {
  if (above.includes(draft.name)) {
    throw new UserError(`images/${draft.name} starts from itself: ${[...above, draft.name].join(" → ")}`);
  }
  const bases = draft.startsFrom.map((tag) => {
    const base = drafts.find((other) => other.tag === tag);
    if (base) return link(base, drafts, [...above, draft.name]);
    throw new UserError(`images/${draft.name}/Dockerfile starts from ${tag}, which no recipe in images/ builds`);
  });
  const { startsFrom: _, ownHash, ...rest } = draft;
  const hash = hashOf(ownHash, ...bases.map((base) => base.hash));
  return { ...rest, bases: bases.map(({ name }) => name), hash };
}
