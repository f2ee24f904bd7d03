import type { ComposeModel } from "@understudy/compose";
import type { Engine } from "@understudy/core";
import { desiredStack, type ProfileChoice, type Target } from "@understudy/environment";
import { containerName } from "@understudy/stacks/names";
import { type Candidate, createCandidate } from "../candidate.ts";
import type { ComposeProject } from "./compose-project.ts";
import { type Match, type Matched, matchServices } from "./match-services.ts";
import { findPlacedFiles } from "./placed-files.ts";
import { refuseOtherData } from "./refuse-other-data.ts";
import { imagesOf, imageVariables, type OtherImage, otherImages } from "./running-images.ts";
import { runningModel } from "./running-model.ts";
import { type AdoptedSettings, readSettings } from "./settings.ts";
import { templateModel } from "./templates.ts";

/** A Docker Compose project, seen as the stack that it is to become. */
export interface Adoptable extends Match {
  readonly settings: AdoptedSettings;
  /** What should run, by the images that do. */
  readonly candidate: Candidate;
  /** The model as it runs. */
  readonly running: ComposeModel;
  readonly images: readonly OtherImage[];
}

/** Look at everything that an adoption goes by. Changes nothing. @throws UserError for what stands in its way */
export async function lookAt(
  engine: Engine,
  target: Target,
  profile: ProfileChoice,
  project: ComposeProject,
): Promise<Adoptable> {
  const templates = await templateModel(target, profile);
  const match = matchServices(templates, project);
  const settings = readSettings(target, templates, match.services);
  const desired = await desiredStack(target, profile, { ...settings.file, fresh: false });
  const { stackName } = target.environment;
  refuseOtherData(desired.model, stackName, match.services);
  const images = await imagesOf(engine, match.services);
  const candidate = await createCandidate(desired, images, undefined);
  const running = runningModel(desired.model, {
    stackName,
    services: match.services,
    imageVariables: await imageVariables(engine, match.services),
    placed: await findPlacedFiles(engine, desired.model, match.services),
    present: await presentNames(engine),
  });
  return { ...match, settings, candidate, running, images: await otherImages(engine, desired, images) };
}

/** The name that each container is to have, by its id. */
export function namesOf(stackName: string, services: Matched): Map<string, string> {
  return new Map([...services].map(([service, { Id }]) => [Id, containerName(stackName, service)]));
}

async function presentNames({ docker }: Engine): Promise<Set<string>> {
  const [networks, { Volumes }] = await Promise.all([docker.listNetworks(), docker.listVolumes()]);
  return new Set([...networks, ...(Volumes ?? [])].map(({ Name }) => Name));
}
