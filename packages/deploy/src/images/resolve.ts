import { type Engine, statusOf } from "@understudy/core";

export interface ResolvedImage {
  /** The name that it runs under: official, or of our own build. */
  readonly reference: string;
  /** `sha256:…`, the image's id on the target host. */
  readonly id: string;
  /** `name@sha256:…` when it came from a registry. */
  readonly digest: string | undefined;
}

/** By service. */
export type ResolvedImages = Readonly<Record<string, ResolvedImage>>;

/** Find an image on an engine by name or id. */
export async function findImage(engine: Engine, reference: string): Promise<ResolvedImage | undefined> {
  try {
    const { Id, RepoDigests } = await engine.docker.getImage(reference).inspect();
    const repository = reference.replace(/:[^/:]+$/, "");
    const digest = RepoDigests?.find((name) => name.startsWith(`${repository}@`)) ?? RepoDigests?.[0];
    return { reference, id: Id, digest };
  } catch (error) {
    if (statusOf(error) === 404) return undefined;
    throw error;
  }
}
