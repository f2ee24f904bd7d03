import { type Engine, statusOf } from "@understudy/core";
import type { ImageHealthcheck } from "@understudy/stacks";

export interface ResolvedImage {
  /** The name that it runs under: official, or of our own build. */
  readonly reference: string;
  /** `sha256:…`, the image's id on the target host. */
  readonly id: string;
  /** `name@sha256:…` when it came from a registry. */
  readonly digest: string | undefined;
  /** What it is on every host alike, which its id need not be: digest, recipe of our own build, or id. */
  readonly identity: string;
  /** The image's own health check, which a service's check inherits what it leaves open from. */
  readonly healthcheck: ImageHealthcheck | undefined;
}

/** By service. */
export type ResolvedImages = Readonly<Record<string, ResolvedImage>>;

/** Find an image on an engine by name or id. */
export async function findImage(engine: Engine, reference: string): Promise<ResolvedImage | undefined> {
  try {
    const { Id, RepoDigests, Config } = await engine.docker.getImage(reference).inspect();
    const repository = reference.replace(/:[^/:]+$/, "");
    const digest = RepoDigests?.find((name) => name.startsWith(`${repository}@`)) ?? RepoDigests?.[0];
    const recipe = Config?.Labels?.["understudy.recipe"];
    const identity = digest ?? (recipe ? `recipe:${recipe}` : Id);
    return { reference, id: Id, digest, identity, healthcheck: readHealthcheck(Config?.Healthcheck) };
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
