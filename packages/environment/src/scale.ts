import type { ComposeModel } from "@understudy/compose";
import { forgetFact, readFact, writeFact } from "@understudy/core";
import type { Target } from "./target.ts";

const fact = "scale";

/** Numbers of containers, by service. */
export type Replicas = Readonly<Record<string, number>>;

/** The numbers that `pnpm scale` set for an environment, where they are not those of its compose files. */
export function readScale({ installation, environment }: Pick<Target, "installation" | "environment">): Replicas {
  return readFact<Replicas>(installation, environment.name, fact) ?? {};
}

/** Keep the numbers for whatever makes the stack from now on: deploys, promotions, rollbacks. */
export function writeScale(
  { installation, environment }: Pick<Target, "installation" | "environment">,
  scale: Replicas,
): void {
  if (Object.keys(scale).length) writeFact(installation, environment.name, fact, scale);
  else forgetFact(installation, environment.name, fact);
}

/** How many containers of each service are to run. A number for a service that the files lack says nothing. Pure. */
export function replicasOf(model: ComposeModel, scale: Replicas): Replicas {
  return Object.fromEntries(
    Object.values(model.services).map(({ name, replicas }) => [name, scale[name] ?? replicas ?? 1]),
  );
}
