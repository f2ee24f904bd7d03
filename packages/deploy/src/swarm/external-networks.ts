import type { ComposeModel } from "@understudy/compose";
import { type Engine, statusOf, UserError } from "@understudy/core";

/** Ids of the networks that a model names and does not own, by their names. @throws UserError for one that does not exist */
export async function externalNetworks(
  { docker }: Engine,
  { networks }: ComposeModel,
): Promise<Record<string, string>> {
  const names = Object.values(networks).flatMap(({ external }) => external?.name ?? []);
  const known = await Promise.all(
    names.map(async (name) => {
      try {
        const { Id } = await docker.getNetwork(name).inspect();
        return [name, Id] as const;
      } catch (error) {
        if (statusOf(error) !== 404) throw error;
        throw new UserError(`Network ${name}, which is to exist already (external: true), does not`, {
          next: `Make it: docker network create --driver overlay --attachable ${name}`,
        });
      }
    }),
  );
  return Object.fromEntries(known);
}
