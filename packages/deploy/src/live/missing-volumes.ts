import type { ComposeModel } from "@understudy/compose";
import { type Engine, statusOf } from "@understudy/core";
import { volumeName } from "@understudy/stacks/names";

/** The volumes that a model owns, by their names on the host. */
export function ownedVolumes(stackName: string, model: ComposeModel): string[] {
  return Object.entries(model.volumes).flatMap(([name, { external }]) =>
    external ? [] : [volumeName(stackName, name)],
  );
}

/** Which of these volumes the host has. */
export async function existingVolumes(engine: Engine, names: readonly string[]): Promise<string[]> {
  const found = await Promise.all(
    names.map(async (name) => {
      try {
        await engine.docker.getVolume(name).inspect();
        return [name];
      } catch (error) {
        if (statusOf(error) === 404) return [];
        throw error;
      }
    }),
  );
  return found.flat();
}
