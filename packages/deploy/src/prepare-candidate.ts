import { type ComposeModel, replicaLabel, withoutReplicas } from "@understudy/compose";
import { type Engine, type HostSession, type Log, label, runSteps, UserError } from "@understudy/core";
import type { ProfileChoice, Release, ResolvedImage, ResolvedImages } from "@understudy/environment";
import {
  type DesiredStack,
  desiredStack,
  isShared,
  managedPostgres,
  readEnvironmentFile,
  type Target,
  takeSnapshot,
  writeFreshEnvironmentFile,
} from "@understudy/environment";
import { refuseUndeployable } from "@understudy/stacks/check";
import { type Candidate, createCandidate } from "./candidate.ts";
import { backendCredentials } from "./engine/credentials.ts";
import { acquireImages, type ImageSurvey, imagesByService, surveyImages } from "./images/acquire.ts";
import { findImage } from "./images/resolve.ts";
import { existingVolumes, ownedVolumes } from "./live/missing-volumes.ts";
import { assertPortsFree, wantedPorts } from "./preflight/ports.ts";
import { assertDiskSpace, assertMemory } from "./preflight/space.ts";
import { leftOutLines } from "./report/left-out-lines.ts";
import { fleetLines } from "./swarm/fleet-lines.ts";

/** What preparing needs of a run. */
export interface Preparation {
  readonly target: Target;
  readonly profile: ProfileChoice;
  readonly engine: Engine;
  /** The release to keep to: production's, once it has one. */
  readonly recorded: Release | undefined;
  readonly log: Log;
  /** Says a line to the person. */
  readonly say: (line: string) => void;
}

/** The stack as it should be. @throws UserError for what its files say and what runs it cannot do */
export async function readDesired({ target, profile }: Preparation): Promise<DesiredStack> {
  const desired = await desiredStack(target, profile, readEnvironmentFile(target));
  refuseUndeployable(target.environment.engine, target.environment.stackName, desired.model);
  return desired;
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
  await refuseNewSecretsOverOldState(preparation, desired);
  askForAdministrator(desired);
  if (!resumed) await refuseUnknownProduction(preparation);
  if (engine.fleet) {
    for (const line of [...leftOutLines(desired.model), ...(await fleetLines(engine.fleet))]) say(`  ${line}`);
  }
  const survey = await surveyWanted(preparation, desired);
  await assertPortsFree(engine, session, target.environment, wantedPorts(desired.model));
  await assertDiskSpace(engine, session, survey.missing.length);
  await assertMemory(engine, desired.model);
  const envFile = writeFreshEnvironmentFile(target, desired.envFile);
  if (desired.envFile.fresh) say(`Wrote ${envFile.path}: new secrets, only for you to read. Keep a copy of it`);
  const images = await fetchImages(preparation, survey);
  const resolved = assertAsRecorded(releasedImages(preparation.recorded, desired), survey.resolve(images));
  return await createCandidate({ ...desired, envFile }, resolved, preparation.recorded);
}

/** The same for a dry run: nothing is written or fetched, and images that are not there yet go by their names. */
export async function rehearseCandidate(preparation: Preparation): Promise<Candidate> {
  const { engine, say } = preparation;
  const desired = await readDesired(preparation);
  await refuseNewSecretsOverOldData(engine, desired);
  const survey = await surveyWanted(preparation, desired);
  for (const reference of survey.missing) say(`  image ${reference}: will be fetched`);
  const named = survey.missing.map((reference): [string, ResolvedImage] => [
    reference,
    { reference, id: reference, digest: undefined, identity: reference, healthcheck: undefined },
  ]);
  return await createCandidate(desired, survey.resolve(new Map([...survey.present, ...named])), preparation.recorded);
}

interface WantedImages extends ImageSurvey {
  /** Which image each service runs, once the missing ones are there. */
  resolve(images: ImageSurvey["present"]): ResolvedImages;
}

/** Look which images are there. A recorded release keeps to the very images that it was recorded with. */
async function surveyWanted({ engine, target, recorded }: Preparation, desired: DesiredStack): Promise<WantedImages> {
  const { model } = desired;
  const all = Object.fromEntries(Object.values(model.services).map(({ name, image }) => [name, image]));
  const references = withoutReplicas(model, all);
  const { images: mode } = target.settings;
  const trial = managedPostgres(model)?.trial;
  const found = recorded ? await findRecorded(engine, releasedImages(recorded, desired)) : {};
  // On a host that never had them they come again, and have other ids.
  const gone = Object.fromEntries(Object.entries(references).filter(([name]) => !found[name]));
  const survey = await surveyImages(engine, [...Object.values(gone), ...(trial ? [trial] : [])], mode);
  return { ...survey, resolve: (images) => forReplicas(model, { ...found, ...imagesByService(gone, images) }) };
}

/** A further container of a service runs the very image of the first. */
function forReplicas(model: ComposeModel, images: ResolvedImages): ResolvedImages {
  const further = Object.values(model.services).flatMap(({ name, labels }) => {
    const image = images[labels[replicaLabel] ?? ""];
    return image ? [[name, image] as const] : [];
  });
  return { ...images, ...Object.fromEntries(further) };
}

/** What a release says of the services that environments share: a managed Postgres is its environment's own. */
function releasedImages(recorded: Release | undefined, { model }: DesiredStack): ReleasedImages {
  if (!recorded) return { id: undefined, images: {} };
  const { id, images } = recorded;
  const { postgres: _, ...shared } = images;
  return { id, images: managedPostgres(model) ? shared : images };
}

interface ReleasedImages {
  readonly id: string | undefined;
  readonly images: ResolvedImages;
}

/** Those of a release's images that are on the host, by their ids, whatever names and digests they got there since. */
async function findRecorded(engine: Engine, { images }: ReleasedImages): Promise<ResolvedImages> {
  const found = await Promise.all(
    Object.entries(images).map(async ([service, { reference, id, digest, identity }]) => {
      const image = await findImage(engine, id);
      return image ? [[service, { ...image, reference, digest, identity }] as const] : [];
    }),
  );
  return Object.fromEntries(found.flat());
}

/** @throws UserError for an image that came again, and is not the one that was recorded. */
function assertAsRecorded(recorded: ReleasedImages, images: ResolvedImages): ResolvedImages {
  for (const [service, { reference, id, identity }] of Object.entries(recorded.images)) {
    if (images[service]?.identity === identity) continue;
    throw new UserError(
      `Image ${reference} (${id.slice(0, 19)}…) of the recorded release ${recorded.id} is gone from the host`,
      { next: `Bring it back (docker pull or docker load) and run again, or promote a new release` },
    );
  }
  return images;
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

/** Another operator has the passphrase of what is in a shared state; new secrets would be of use to nobody. */
async function refuseNewSecretsOverOldState({ engine, log }: Preparation, desired: DesiredStack): Promise<void> {
  const { envFile, environment, installation, settings } = desired;
  if (!envFile.fresh || !isShared(desired)) return;
  const { hasStack } = await import("./engine/workspace.ts");
  const known = await hasStack({
    ...{ installation, project: settings.project, environment: environment.name, backend: settings.state.backend },
    ...{ passphrase: "", credentials: backendCredentials(envFile.values), dockerHost: engine.dockerHost, log },
  });
  if (!known) return;
  throw new UserError(`${envFile.path} is missing, and the shared state has ${environment.name} already`, {
    next: `Get the file from whoever deployed it, put it there, and: chmod 600 ${envFile.path}`,
  });
}

/** A server of somebody else's has an administrator already, whose password is not ours to make up. */
function askForAdministrator({ envFile, model, ...target }: DesiredStack): void {
  const managed = managedPostgres(model);
  if (!managed || !envFile.fresh) return;
  writeFreshEnvironmentFile(target, { ...envFile, values: { ...envFile.values, POSTGRES_PASSWORD: "" } });
  throw new UserError(
    `Wrote ${envFile.path}: new secrets, and no password of "${managed.user}" at ${managed.place} yet`,
    {
      next: "Fill in POSTGRES_PASSWORD there, keep a copy of the file, and run again",
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
  if (![...containers.values()].some(({ Config }) => Config.Labels[label.stack])) {
    throw new UserError(`${environment.name} runs what Docker Compose started`, {
      next: "Take it over: pnpm adopt --production",
    });
  }
  throw new UserError(
    `${environment.name} runs release ${[...releases].join(", ")}, which this checkout has no record of`,
    {
      next: "Copy the folder .understudy from the machine that deployed it, or deploy from there; with a shared state (docs/shared-state.md) one deploy from there is enough",
    },
  );
}
