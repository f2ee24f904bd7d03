import { withoutReplicas } from "@understudy/compose";
import { describeHolder, type Engine, gitCommit, Journal, readFact } from "@understudy/core";
import type { DesiredStack } from "@understudy/environment";
import { endpoints, recordedDeployment, type Snapshot, takeSnapshot } from "@understudy/environment";
import { inputsOf, releaseFiles } from "./candidate.ts";
import { loginsKnown } from "./first-run/logins.ts";
import { answersHere } from "./healthy/answers-here.ts";
import { type ImageSurvey, imagesByService, surveyImages } from "./images/acquire.ts";
import { fingerprint } from "./live/fingerprint.ts";
import { ownedVolumes } from "./live/missing-volumes.ts";
import { type Applied, type DeployPlan, nothingToDo } from "./plan/plan-deploy.ts";
import { createRelease } from "./plan/release.ts";
import { type ServiceReport, serviceReports } from "./report/deploy-report.ts";
import { belongingTo, lacksMigrations } from "./workflows.ts";

/** A stack that is what it should be, healthy and answering. */
export interface Unchanged {
  readonly plan: DeployPlan;
  readonly services: readonly ServiceReport[];
  readonly release: string;
}

/**
 * Whether a stack is already what a deploy would make of it, seen without the lock: only looks, changes nothing.
 * Undefined as soon as anything differs, is not healthy, is being changed by somebody, or cannot be told from here; the
 * deploy proper then looks again under the lock. Not for remote hosts, whose endpoints this process cannot ask.
 */
export async function findUnchanged(engine: Engine, desired: DesiredStack): Promise<Unchanged | undefined> {
  const { installation, environment, model, settings, envFile } = desired;
  const applied = readFact<Applied>(installation, environment.name, "applied");
  const recorded = readFact<{ id: string }>(installation, environment.name, "release");
  if (!applied || !recorded || envFile.fresh || engine.remote || !loginsKnown(desired)) return undefined;
  if (new Journal(installation, environment.name, "").interrupted()) return undefined;

  const references = Object.fromEntries(Object.values(model.services).map(({ name, image }) => [name, image]));
  const reachable = endpoints(model, environment.host);
  const [survey, snapshot, holder, answers] = await Promise.all([
    surveyImages(engine, Object.values(references), settings.images),
    takeSnapshot(engine, environment.stackName),
    describeHolder(engine, environment.stackName),
    Promise.all(reachable.map(answersHere)),
  ]);
  if (holder || !answers.every(Boolean) || !isWhole(desired, survey, snapshot)) return undefined;
  const images = imagesByService(references, survey.present);
  const same = applied.inputs === inputsOf(desired, images) && applied.fingerprint === fingerprint(snapshot);
  if (!same) return undefined;
  // Told apart by content alone; production runs what is recorded, whatever its files say by now.
  const shared = withoutReplicas(model, images);
  const release = createRelease({ commit: undefined, images: shared, files: releaseFiles(desired) });
  if (environment.kind === "staging") {
    if (release.id !== recorded.id || (await committedSince(desired))) return undefined;
  }
  if (await lacksMigrations(desired, belongingTo(desired))) return undefined;
  return { plan: nothingToDo(snapshot), services: serviceReports(model, reachable, images), release: recorded.id };
}

/** What was deployed before it was in a commit is now in one, which a promotion goes by. */
async function committedSince(desired: DesiredStack): Promise<boolean> {
  const before = recordedDeployment(desired)?.release.commit;
  if (!before?.endsWith("-dirty")) return false;
  const now = await gitCommit(desired.installation.root);
  return now !== undefined && !now.endsWith("-dirty");
}

/** Every image and data volume is there, and every container runs and passes its own health test. */
function isWhole({ environment, model }: DesiredStack, survey: ImageSurvey, snapshot: Snapshot): boolean {
  return (
    survey.missing.length === 0 &&
    ownedVolumes(environment.stackName, model).every((volume) => snapshot.volumes.has(volume)) &&
    [...snapshot.containers.values()].every(
      ({ State }) => State.Running && !State.Paused && (State.Health?.Status ?? "healthy") === "healthy",
    )
  );
}
