import type { Engine } from "@understudy/core";
import type { Target } from "@understudy/environment";
import { fileNames } from "./artifacts.ts";
import { findBackup, noBackup, readHoldings, readManifest } from "./catalog.ts";
import type { EnvironmentFiles } from "./environment-files.ts";
import type { Manifest } from "./manifest/manifest.ts";
import { repositoryOf } from "./open-repository.ts";
import { Repository } from "./repository/repository.ts";

/** What a backup consists of, and the files of its environment. */
export interface StoredBackup {
  readonly manifest: Manifest;
  readonly files: EnvironmentFiles;
}

/** Look a backup up. @param id the newest one unless told. @throws UserError when there is none, or it cannot be read. */
export async function readBackup(target: Target, engine: Engine, id: string | undefined): Promise<StoredBackup> {
  await using repository = await Repository.openExisting(repositoryOf(target, engine));
  if (!repository) throw noBackup(id, []);
  const manifest = await readManifest(repository, findBackup(await readHoldings(repository), id));
  const text = await repository.readText(manifest.environmentFiles.snapshot, fileNames.environmentFiles);
  return { manifest, files: JSON.parse(text) as EnvironmentFiles };
}
