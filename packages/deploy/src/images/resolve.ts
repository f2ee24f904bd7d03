import { type Engine, statusOf } from "@understudy/core";
import type { ResolvedImage } from "@understudy/environment";
import type { ImageHealthcheck } from "@understudy/stacks";

/** Find an image on an engine by name or id. */
export async function findImage(engine: Engine, reference: string): Promise<ResolvedImage | undefined> {
  try {
    const { Id, RepoDigests, Config } = await engine.docker.getImage(reference).inspect();
    const repository = reference.replace(/:[^/:]+$/, "");
    const recipe = Config?.Labels?.["understudy.recipe"];
    const own = RepoDigests?.find((name) => name.startsWith(`${repository}@`));
    // One of our recipes stays what it is when somebody pushes it to a registry.
    const digest = own ?? (recipe ? undefined : RepoDigests?.[0]);
    const identity = digest ?? (recipe ? `recipe:${recipe}` : Id);
    const start = { entrypoint: [Config?.Entrypoint ?? []].flat(), command: Config?.Cmd ?? [] };
    return { reference, id: Id, digest, identity, healthcheck: readHealthcheck(Config?.Healthcheck), start };
  } catch (error) {
    if (statusOf(error) === 404) return undefined;
    throw error;
  }
}

interface EngineHealthcheck {
  readonly Interval?: number;
  readonly Timeout?: number;
  readonly StartPeriod?: number;
  readonly Retries?: number;
}

/** From the engine's nanoseconds. */
function readHealthcheck(check: EngineHealthcheck | undefined): ImageHealthcheck | undefined {
  if (!check) return undefined;
  const ms = (nanoseconds = 0) => nanoseconds / 1_000_000;
  return {
    interval: ms(check.Interval),
    timeout: ms(check.Timeout),
    startPeriod: ms(check.StartPeriod),
    retries: check.Retries ?? 0,
  };
}
