import type { Engine } from "@understudy/core";
import { type Mutation, type MutationOptions, mutate, type Target } from "@understudy/environment";
import { awaitOrphanedEngine, workFolder } from "./engine/orphans.ts";

/** `mutate` for verbs that drive Pulumi: one that a killed run left behind has to end first. */
export function mutateStack<T>(
  target: Target,
  engine: Engine,
  options: Omit<MutationOptions, "afterFailure">,
  action: (mutation: Mutation) => Promise<T>,
): Promise<T> {
  const folder = workFolder(target.installation, target.environment.name);
  const afterFailure = () => awaitOrphanedEngine(folder, options.say);
  return mutate(target, engine, { ...options, afterFailure }, action);
}
