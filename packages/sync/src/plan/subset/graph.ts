import type { TablePlan } from "../table-plan.ts";
import { cyclesOf } from "./cycles.ts";
import { type Reference, referencesOf } from "./references.ts";
import { type Family, filterOf, type Relation, relationsOf } from "./relations.ts";
import { isLarge } from "./sample.ts";

/** Tables and the foreign keys between them, with what a subset makes of each. */
export interface SubsetGraph {
  readonly relations: ReadonlyMap<string, Relation>;
  readonly references: readonly Reference[];
  /** Tables that refer to each other in a circle, by each of them. */
  readonly cycles: ReadonlyMap<Family, readonly Family[]>;
  /** Those of which a filter leaves rows out, their own or, through foreign keys, another table's. */
  readonly restricted: ReadonlySet<Family>;
  /** Those that are sampled. */
  readonly sampled: ReadonlySet<Family>;
  /** 0 to 1. */
  readonly share: number;
}

export function subsetGraph(plans: readonly TablePlan[], share = 1): SubsetGraph {
  const relations = relationsOf(plans);
  const references = referencesOf(relations);
  const families = new Set([...relations.values()].map(({ family }) => family));
  const parentsOf = (family: Family) =>
    references.filter(({ child }) => child.family === family).map(({ parent }) => parent.family);
  const cycles = cyclesOf(families, parentsOf);
  const sampled = share < 1 ? [...families].filter(isLarge) : [];
  return {
    relations,
    references,
    cycles: new Map(cycles.flatMap((cycle) => cycle.map((family) => [family, cycle]))),
    restricted: restrictedOf(families, references),
    sampled: new Set(sampled),
    share,
  };
}

function restrictedOf(families: ReadonlySet<Family>, references: readonly Reference[]): Set<Family> {
  const restricted = new Set(
    [...families].filter(({ leaves }) => [...leaves].some((leaf) => filterOf(leaf) !== undefined)),
  );
  // A set also gives what is added to it while one walks over it.
  for (const family of restricted) {
    for (const { child, parent } of references) if (parent.family === family) restricted.add(child.family);
  }
  return restricted;
}
