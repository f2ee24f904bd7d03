import { withoutReplicas } from "@understudy/compose";
import { gitCommit } from "@understudy/core";
import type { DesiredStack, Release, ResolvedImages } from "@understudy/environment";
import { type Sources, sharedSources } from "@understudy/environment";
import { hash } from "./live/fingerprint.ts";
import { createRelease } from "./plan/release.ts";

/** A stack as it should be, with the images that are on the host for it, under the name of its release. */
export interface Candidate {
  readonly desired: DesiredStack;
  readonly images: ResolvedImages;
  readonly release: Release;
  /** Hash of everything that decides the outcome: equal inputs and an untouched stack need no engine. */
  readonly inputs: string;
}

/** Put the parts together and name the release. */
export async function createCandidate(
  desired: DesiredStack,
  images: ResolvedImages,
  recorded: Release | undefined,
): Promise<Candidate> {
  const commit = recorded ? undefined : await gitCommit(desired.installation.root);
  // How many containers a service has is each environment's own.
  const shared = withoutReplicas(desired.model, images);
  const release = recorded ?? createRelease({ commit, images: shared, files: releaseFiles(desired) });
  return { desired, images, release, inputs: inputsOf(desired, images) };
}

/** Hash of everything that decides what the engine would make. */
export function inputsOf({ model, environment, settings }: DesiredStack, images: ResolvedImages): string {
  const placed = { configs: contents(model.configs), secrets: contents(model.secrets) };
  return hash({
    model: { ...model, ...placed },
    images,
    stack: environment.stackName,
    backend: settings.state.backend,
  });
}

/** Where a file was read from makes no difference: another operator's checkout lies elsewhere. */
function contents(files: DesiredStack["model"]["configs"]): Record<string, string> {
  return Object.fromEntries(Object.entries(files).map(([name, { content }]) => [name, content]));
}

/** The files that every environment shares, as they were read. */
export function releaseFiles({ files, sources }: DesiredStack): Sources {
  return sharedSources(files, sources);
}
