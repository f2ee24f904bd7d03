import type { ComposeModel } from "@understudy/compose";
import { leftOutOnSwarm } from "@understudy/stacks/swarm";

/** What a swarm goes without, a line each, with the services that said it. Pure. */
export function leftOutLines(model: ComposeModel): string[] {
  const alike = Map.groupBy(leftOutOnSwarm(model), ({ said, why }) => `without ${said} (${why})`);
  return [...alike].map(([words, those]) => `${those.map(({ service }) => service).join(", ")}: ${words}`);
}
