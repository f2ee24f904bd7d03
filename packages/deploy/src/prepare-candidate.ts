import { type Engine, type HostSession, label, runSteps, UserError } from "@understudy/core";
import { type Candidate, createCandidate } from "./candidate.ts";
import { type DesiredStack, desiredStack, type Target } from "./context/prepare.ts";
import type { ProfileChoice } from "./context/profile.ts";
import { readEnvironmentFile, writeFreshEnvironmentFile } from "./context/variables.ts";
import { acquireImages, type ImageSurvey, imagesByService, surveyImages } from "./images/acquire.ts";
import { findImage, type ResolvedImages } from "./images/resolve.ts";
import { existingVolumes, ownedVolumes } from "./live/missing-volumes.ts";
import { takeSnapshot } from "./live/snapshot.ts";
import type { Release } from "./plan/release.ts";
import { assertPortsFree, wantedPorts } from "./preflight/ports.ts";
import { assertDiskSpace, assertMemory } from "./preflight/space.ts";

/** What preparing needs of a run. */
export interface Preparation {
  readonly target: Target;
  readonly profile: ProfileChoice;
  readonly engine: Engine;
  /** The release to keep to: production's, once it has one. */
  readonly recorded: Release | undefined;
  /** Says a line to the person. */
  readonly say: (line: string) => void;
}

/** The stack as it should be. */
export async function readDesired({ target, profile }: Preparation): Promise<DesiredStack> {
  return await desiredStack(target, profile, readEnvironmentFile(target));
}

/** Settings, secrets, files, ports, room and images: everything that must be right before anything changes. */
export async function prepareCandidate(
  preparation: Preparation,
  session: HostSession,
  resumed: boolean,
): Promise<Candidate> {
  const { engine, target, say } = preparation;
  const desired = await readDesired(preparation);
  await refuseNewSecretsOverOldData(engine, desired);
  if (!resumed) await refuseUnknownProduction(preparation);
  const survey = await surveyWanted(preparation, desired);
  await assertPortsFree(engine, session, target.environment, wantedPorts(desired.model));
  await assertDiskSpace(engine, session, survey.missing.length);
  await assertMemory(engine, desired.model);
  const envFile = writeFreshEnvironmentFile(target, desired.envFile);
  if (desired.envFile.fresh) say(`Wrote ${envFile.path}: new secrets, only for you to read. Keep a copy of it`);
  const images = await fetchImages(preparation, survey);
  return await createCandidate({ ...desired, envFile }, survey.resolve(images), preparation.recorded);
}

/** The same for a dry run: nothing is written or fetched, and images that are not there yet go by their names. */
export async function rehearseCandidate(preparation: Preparation): Promise<Candidate> {
  const { engine, say } = preparation;
  const desired = await readDesired(preparation);
  await refuseNewSecretsOverOldData(engine, desired);
  const survey = await surveyWanted(preparation, desired);
  for (const reference of survey.missing) say(`  image ${reference}: will be fetched`);
  const named = survey.missing.map(
    (reference) =>
      [
        reference,
        { reference, id: reference, digest: undefined, identity: reference, healthcheck: undefined },
      ] as const,
  );
  return await createCandidate(desired, survey.resolve(new Map([...survey.present, ...named])), preparation.recorded);
}

interface WantedImages extends ImageSurvey {
  /** Which image each service runs, once the missing ones are there. */
  resolve(images: ImageSurvey["present"]): ResolvedImages;
}

/** Look which images are there. A recorded release keeps to the very images that it was recorded with, by id. */
async function surveyWanted({ engine, target, recorded }: Preparation, { model }: DesiredStack): Promise<WantedImages> {
  const references = Object.fromEntries(Object.values(model.services).map(({ name, image }) => [name, image]));
  if (!recorded) {
    const survey = await surveyImages(engine, Object.values(references), target.settings.images);
    return { ...survey, resolve: (images) => imagesByService(references, images) };
  }
  const found = await Promise.all(
    Object.entries(recorded.images).map(async ([service, { reference, id }]) => {
      const image = await findImage(engine, id);
      if (image) return [service, { ...image, reference }] as const;
      throw new UserError(
        `Image ${reference} (${id.slice(0, 19)}…) of the recorded release ${recorded.id} is gone from the host`,
        {
          next: `Bring it back (docker pull or docker load) and run again, or promote a new release`,
        },
      );
    }),
  );
  return { present: new Map(), missing: [], resolve: () => Object.fromEntries(found) };
}

async function fetchImages({ engine, target }: Preparation, survey: ImageSurvey): Promise<ImageSurvey["present"]> {
  if (survey.missing.length === 0) return survey.present;
  let images = survey.present;
  await runSteps([
    {
      title: `Fetch ${survey.missing.length} images`,
      run: async (report) => {
        images = await acquireImages(engine, survey, { mode: target.settings.images, report });
      },
    },
  ]);
  return images;
}

/** New passwords would lock everybody out of databases that were made with the old ones. */
async function refuseNewSecretsOverOldData(
  engine: Engine,
  { envFile, environment, model }: DesiredStack,
): Promise<void> {
  if (!envFile.fresh) return;
  const volumes = await existingVolumes(engine, ownedVolumes(environment.stackName, model));
  if (volumes.length === 0) return;
  const remove = `pnpm destroy:staging --environment ${environment.name} --volumes`;
  throw new UserError(
    `${envFile.path} is missing, but the data of ${environment.name} is there (${volumes.join(", ")}), locked with its secrets`,
    {
      next: `Put the file back${environment.kind === "staging" ? `; or, if the data may be lost, remove it: ${remove}` : ""}`,
    },
  );
}

/** Another machine's production is not ours to lay a working tree over. */
async function refuseUnknownProduction({ engine, target, recorded }: Preparation): Promise<void> {
  const { environment } = target;
  if (recorded || environment.kind !== "production") return;
  const { containers } = await takeSnapshot(engine, environment.stackName);
  const releases = new Set([...containers.values()].map(({ Config }) => Config.Labels[label.release] ?? "unknown"));
  if (releases.size === 0) return;
  throw new UserError(
    `${environment.name} runs release ${[...releases].join(", ")}, which this checkout has no record of`,
    { next: "Copy the folder .understudy from the machine that deployed it, or deploy from there" },
  );
}
