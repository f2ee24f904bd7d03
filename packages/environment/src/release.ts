import type { ImageHealthcheck, ImageStart } from "@understudy/stacks";

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
  /** What it starts by itself; undefined in what was recorded before this was read. */
  readonly start?: ImageStart;
}

/** By service. */
export type ResolvedImages = Readonly<Record<string, ResolvedImage>>;

/** What a stack runs. `id` is a hash of everything that environments share; secret values are not part of it. */
export interface Release {
  readonly id: string;
  /** Git commit of the installation, with `-dirty` when there were uncommitted changes; undefined outside git. */
  readonly commit: string | undefined;
  readonly images: ResolvedImages;
  /** Text of every file that environments share, by its path below the compose folder. */
  readonly files: Readonly<Record<string, string>>;
}
