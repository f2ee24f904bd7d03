import type { Recipe } from "./recipe.ts";

/** One image to build. */
export interface Build {
  readonly recipe: Recipe;
  readonly reason: "missing" | "recipe changed";
}

/** Builds in an order in which every base comes before what stands on it. */
export type BuildPlan = readonly Build[];

/**
 * What must be built for the wanted images: they and their bases, without those whose present image carries the recipe's hash.
 * A base is left out when nothing that stands on it is built.
 * @param present the label `understudy.recipe` of each image that is there, by tag; an image without the label has "".
 */
export function orderBuilds(
  all: readonly Recipe[],
  wanted: readonly Recipe[],
  present: ReadonlyMap<string, string>,
): BuildPlan {
  const plan = new Map<string, Build>();
  const add = (recipe: Recipe): void => {
    if (plan.has(recipe.name) || present.get(recipe.tag) === recipe.hash) return;
    for (const base of all.filter(({ name }) => recipe.bases.includes(name))) add(base);
    plan.set(recipe.name, { recipe, reason: present.has(recipe.tag) ? "recipe changed" : "missing" });
  };
  for (const recipe of wanted) add(recipe);
  return [...plan.values()];
}
