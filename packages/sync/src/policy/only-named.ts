import { UserError } from "@understudy/core";
import { calledOf, placeInGraph, placeOf } from "./name-proposal.ts";
import type { Lacks } from "./sync-policy.ts";

/**
 * Of all proposals, those that were named. Pure.
 * @throws UserError for a name that none has, or whose rule only a person can say: what was named is written, or nothing
 */
export function onlyNamed({ databases, graph }: Lacks, names: readonly string[]): Lacks {
  const open = new Set(names);
  const isNamed = (called: string, rule: unknown) => {
    if (!names.includes(called)) return false;
    open.delete(called);
    if (rule) return true;
    throw new UserError(`Only you can say the rule of ${called}`, { next: "Write it into sanitize.yml" });
  };
  const chosen = {
    databases: databases.map((one) => ({
      ...one,
      proposals: one.proposals.filter((proposal) => isNamed(calledOf(one.name, placeOf(proposal)), proposal.rule)),
    })),
    graph: graph && {
      ...graph,
      proposals: graph.proposals.filter((proposal) =>
        isNamed(calledOf("neo4j", placeInGraph(proposal)), proposal.rule),
      ),
    },
  };
  const [unknown] = open;
  if (unknown === undefined) return chosen;
  throw new UserError(`Nothing is proposed for "${unknown}"`, {
    next: "pnpm sync:policy lists what is, as <where> <what>",
    exitCode: 2,
  });
}
