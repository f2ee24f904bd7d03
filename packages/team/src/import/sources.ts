import { UserError } from "@understudy/core";
import type { Metadata } from "../archive/metadata.ts";
import {
  type OpenedArchive,
  type OpenedFile,
  openArchive,
  type ReadOptions,
  verifyArchive,
} from "../archive/read-archive.ts";

/** An archive, proven whole, and the one that it lies over, if it does. */
export interface Source {
  readonly metadata: Metadata;
  readonly digest: string;
  readonly layers: readonly ReadOptions[];
  /** Paths of all files, in the order in which they come. */
  readonly order: readonly string[];
}

/**
 * Prove an archive whole, and the one below it.
 * @param candidates where the one below may be
 * @throws UserError when it is damaged, or the one below is not there
 */
export async function proveSource(
  options: ReadOptions,
  candidates: (stamp: string) => readonly string[],
  onBytes: (bytes: number) => void,
): Promise<Source> {
  const { metadata, digest } = await verifyArchive(options, onBytes);
  const { since } = metadata;
  const own = metadata.files.map(({ path }) => path);
  if (!since) return { metadata, digest, layers: [options], order: own };
  for (const file of candidates(since.stamp)) {
    const below = await verifyArchive({ ...options, file }, onBytes);
    if (below.digest !== since.metadata) continue;
    refuseGaps(options.file, metadata, below.metadata);
    const others = below.metadata.files.map(({ path }) => path).filter((path) => !own.includes(path));
    return { metadata, digest, layers: [options, { ...options, file }], order: [...own, ...others] };
  }
  throw new UserError(`${options.file} holds only what changed since team-export-${since.stamp}, which is not here`, {
    next: "Put that archive beside it; or ask its sender for a whole one, exported without --since",
  });
}

/** Every file of a source once, from whichever archive has it. @param wanted paths @throws UserError when an archive has changed since it was proven */
export async function* filesOf({ layers, metadata }: Source, wanted: ReadonlySet<string>): AsyncGenerator<OpenedFile> {
  const own = new Set(metadata.files.map(({ path }) => path));
  for (const [index, layer] of layers.entries()) {
    await using archive: OpenedArchive = await openArchive(layer);
    for await (const file of archive.files()) {
      const here = index === 0 || !own.has(file.path);
      if (here && wanted.has(file.path)) yield file;
    }
  }
}

function refuseGaps(file: string, { unchanged }: Metadata, below: Metadata): void {
  const there = new Set(below.files.map(({ path, sha256 }) => `${path} ${sha256}`));
  const gap = unchanged.find(({ path, sha256 }) => !there.has(`${path} ${sha256}`));
  if (gap) throw new UserError(`${file} lacks ${gap.path}, and so does the archive that it lies over`);
}
