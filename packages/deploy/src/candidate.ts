import { readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { declaredFiles } from "@understudy/compose";
import { gitCommit } from "@understudy/core";
import type { DesiredStack } from "./context/prepare.ts";
import type { ResolvedImages } from "./images/resolve.ts";
import { hash } from "./live/fingerprint.ts";
import { createRelease, type Release } from "./plan/release.ts";

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
  const release =
    recorded ??
    createRelease({ commit: await gitCommit(desired.installation.root), images, files: releaseFiles(desired) });
  return { desired, images, release, inputs: inputsOf(desired, images) };
}

/** Hash of everything that decides what the engine would make. */
export function inputsOf({ model, environment, settings }: DesiredStack, images: ResolvedImages): string {
  return hash({ model, images, stack: environment.stackName, backend: settings.state.backend });
}

/** The files that every environment shares: the base compose file and what it alone places in containers. */
export function releaseFiles({ installation }: DesiredStack): Record<string, string> {
  const folder = installation.composeDir;
  const base = join(folder, "docker-compose.yml");
  return Object.fromEntries(
    [base, ...declaredFiles(base)].map((file) => [relative(folder, file), readFileSync(file, "utf8")]),
  );
}
