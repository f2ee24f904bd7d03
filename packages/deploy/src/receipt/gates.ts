import type { GateFacts } from "./facts.ts";
import { clock } from "./gates/clock.ts";
import { copyAge } from "./gates/copy-age.ts";
import { health, workflows } from "./gates/evidence.ts";
import { imagesMatch } from "./gates/images-match.ts";
import { matchesStaging } from "./gates/matches-staging.ts";
import { productionFree, rollbackBase } from "./gates/production.ts";
import { fresh, present, signature } from "./gates/receipt.ts";
import { rehearsal } from "./gates/rehearsal.ts";
import type { Verdict } from "./gates/verdict.ts";
import { workTree } from "./gates/work-tree.ts";

const judges = {
  "work-tree": workTree,
  "receipt-present": present,
  "receipt-signature": signature,
  "receipt-fresh": fresh,
  "receipt-matches-staging": matchesStaging,
  "images-match": imagesMatch,
  health,
  workflows,
  "copy-age": copyAge,
  rehearsal,
  "rollback-base": rollbackBase,
  "production-free": productionFree,
  clock,
} satisfies Record<string, (facts: GateFacts) => Verdict>;

export type GateName = keyof typeof judges;

/** One thing that must hold before a release goes to production. */
export interface Gate extends Verdict {
  readonly name: GateName;
}

/** Judge every gate of a promotion, in the order in which a person reads them. Pure. */
export function gates(facts: GateFacts): Gate[] {
  return (Object.keys(judges) as GateName[]).map((name) => ({ name, ...judges[name](facts) }));
}
