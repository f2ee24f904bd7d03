import {
  audit,
  connectEngine,
  type Engine,
  type HostSession,
  type Log,
  openLog,
  readFact,
  runSteps,
  UserError,
  writeFact,
} from "@understudy/core";
import { applyPlan } from "./apply.ts";
import { type Candidate, createCandidate } from "./candidate.ts";
import {
  chooseTarget,
  type DesiredStack,
  desiredStack,
  type EnvironmentChoice,
  resolveProfile,
  type Target,
} from "./context/prepare.ts";
import type { Profile, ProfileChoice } from "./context/profile.ts";
import { readEnvironmentFile, writeFreshEnvironmentFile } from "./context/variables.ts";
import { firstRun, type NewLogin } from "./first-run/first-run.ts";
import { acquireImages, ensureToolbox, type ImageSurvey, imagesByService, surveyImages } from "./images/acquire.ts";
import { fingerprint } from "./live/fingerprint.ts";
import { existingVolumes, ownedVolumes } from "./live/missing-volumes.ts";
import { takeSnapshot } from "./live/snapshot.ts";
import { mutate } from "./mutation.ts";
import { planLine } from "./plan/describe.ts";
import { knownContainers } from "./plan/drift.ts";
import { guardVolumes } from "./plan/guard-volumes.ts";
import { type Applied, type DeployPlan, planDeploy } from "./plan/plan-deploy.ts";
import { recordedComposeDir, recordedRelease, recordRelease } from "./plan/recorded-release.ts";
import type { Release } from "./plan/release.ts";
import { assertPortsFree, wantedPorts } from "./preflight/ports.ts";
import { assertDiskSpace, assertMemory } from "./preflight/space.ts";
import { changesLine, type DeployReport, type ServiceReport } from "./report/deploy-report.ts";
import { type EndPhase, followPhases } from "./report/phases.ts";
import { findUnchanged } from "./unchanged.ts";
import { verifyStack } from "./verify.ts";

export interface DeployRequest extends EnvironmentChoice {
  readonly kind: "production" | "staging";
  readonly profile?: Profile | undefined;
  readonly dryRun: boolean;
  readonly wait: boolean;
  /** Ask the engine even when nothing seems to have changed. */
  readonly refresh: boolean;
  /** Missing data volumes, by their name on the host, that may be made anew and empty. */
  readonly acceptEmptyVolumes: readonly string[];
  /** Says a line to the person. */
  readonly say: (line: string) => void;
}

export interface DeployOutcome {
  readonly plan: DeployPlan;
  /** Absent in a dry run. */
  readonly report: DeployReport | undefined;
  readonly newLogins: readonly NewLogin[];
}

/** What one run of a deploy carries from stage to stage. */
interface Run {
  readonly request: DeployRequest;
  readonly target: Target;
  readonly profile: ProfileChoice;
  readonly engine: Engine;
  readonly log: Log;
  readonly endPhase: EndPhase;
}

/** Make an environment's stack what its compose files say, and prove it healthy. With `dryRun`, only say the plan. */
export async function deploy(request: DeployRequest): Promise<DeployOutcome> {
  const target = chooseTarget(request, request.kind);
  const { environment, installation } = target;
  const profile = resolveProfile(environment, request.profile);
  const log = openLog(installation, environment.name, "deploy");
  const endPhase = followPhases(log);
  endPhase("start");
  request.say(`Environment ${environment.name}, profile ${profile.profile} (${profile.because})`);
  log.info({ environment: environment.name, profile, dryRun: request.dryRun }, "deploy begins");
  const recorded = recordedFor(target);
  if (recorded)
    request.say(
      `Release ${recorded.id} is recorded for ${environment.name}; deploy only repairs it. New releases come by promotion`,
    );
  await using engine = await connectEngine(environment.host, environment.sshOptions);
  endPhase("connect");
  const run: Run = { request, target, profile, engine, log, endPhase };
  if (request.dryRun) return await rehearse(run);
  if (!request.refresh) {
    const outcome = await leaveUnchanged(run);
    if (outcome) return outcome;
  }

  const toolbox = await ensureToolbox(engine, request.say);
  const options = { verb: `deploy:${environment.kind}`, wait: request.wait, toolbox, log, say: request.say };
  return await mutate(target, engine, options, async ({ session, journal, resumed }) => {
    endPhase("lock");
    journal.step("prepare");
    const candidate = await prepare(run, session);
    endPhase("prepare");
    journal.step("plan", { release: candidate.release.id });
    const plan = await makePlan(run, candidate, resumed);
    endPhase("plan");
    journal.step("apply", { changes: plan.counts });
    const outcome = await perform(run, candidate, plan, session);
    log.info({ report: outcome.report }, "deploy ends");
    return outcome;
  });
}

/** End without taking the lock when there is nothing to do and everything answers. */
async function leaveUnchanged(run: Run): Promise<DeployOutcome | undefined> {
  const { engine, target, request, log, endPhase } = run;
  const { desired } = await wanted(run);
  endPhase("read");
  const unchanged = await findUnchanged(engine, desired);
  endPhase("look");
  if (!unchanged) return undefined;
  const { environment, installation } = target;
  const { plan, services, release } = unchanged;
  request.say("Plan: nothing to change");
  audit(installation, {
    what: `deploy:${environment.kind}`,
    environment: environment.name,
    result: "succeeded",
    detail: "nothing to change",
  });
  const report = reportOf(desired, plan, services, release);
  log.info({ report }, "deploy ends");
  return { plan, report, newLogins: [] };
}

/** The plan alone. Nothing is written, fetched or locked; images that are not there yet go by their names. */
async function rehearse(run: Run): Promise<DeployOutcome> {
  const { desired, recorded } = await wanted(run);
  const references = referencesOf(desired);
  const survey = await surveyImages(run.engine, Object.values(references), run.target.settings.images);
  for (const reference of survey.missing) run.request.say(`  image ${reference}: will be fetched`);
  const images = new Map(
    Object.values(references).map((reference) => [
      reference,
      survey.present.get(reference) ?? { reference, id: reference, digest: undefined, healthcheck: undefined },
    ]),
  );
  const plan = await makePlan(run, await createCandidate(desired, imagesByService(references, images), recorded), true);
  return { plan, report: undefined, newLogins: [] };
}

/** Settings, secrets, files, ports, room and images: everything that must be right before anything changes. */
async function prepare(run: Run, session: HostSession): Promise<Candidate> {
  const { engine, target, request } = run;
  const { desired: fresh, recorded } = await wanted(run);
  const volumes = await existingVolumes(engine, ownedVolumes(target.environment.stackName, fresh.model));
  refuseNewSecretsOverOldData(fresh, volumes);
  const references = referencesOf(fresh);
  const survey = await surveyImages(engine, Object.values(references), target.settings.images);
  await assertPortsFree(engine, session, target.environment.stackName, wantedPorts(fresh.model));
  await assertDiskSpace(engine, session, survey.missing.length);
  await assertMemory(engine, fresh.model);
  const desired = { ...fresh, envFile: writeFreshEnvironmentFile(target, fresh.envFile) };
  if (fresh.envFile.fresh)
    request.say(`Wrote ${fresh.envFile.path}: new secrets, only for you to read. Keep a copy of it`);
  const images = await fetchImages(run, survey);
  return await createCandidate(desired, imagesByService(references, images), recorded);
}

/** The stack as it should be. Production, once deployed, is what was recorded, whatever the working tree says by now. */
async function wanted({ target, profile }: Run): Promise<{ desired: DesiredStack; recorded: Release | undefined }> {
  const envFile = readEnvironmentFile(target);
  const recorded = recordedFor(target);
  const composeDir = recorded && recordedComposeDir(target.installation, recorded);
  return { desired: await desiredStack(target, profile, envFile, composeDir), recorded };
}

function recordedFor({ environment, installation }: Target): Release | undefined {
  return environment.kind === "production" ? recordedRelease(installation, environment.name) : undefined;
}

async function makePlan(run: Run, candidate: Candidate, resumed: boolean): Promise<DeployPlan> {
  const { engine, request, log } = run;
  const plan = await planDeploy(engine, candidate, log, request.refresh || resumed);
  const { installation, environment, model } = candidate.desired;
  const recorded = readFact<string[]>(installation, environment.name, "volumes") ?? [];
  const existing = await existingVolumes(engine, [
    ...new Set([...recorded, ...ownedVolumes(environment.stackName, model)]),
  ]);
  guardVolumes(plan, recorded, existing, request.acceptEmptyVolumes);
  for (const item of plan.items) request.say(`  ${planLine(item)}`);
  request.say(plan.items.length ? `Plan: ${changesLine(plan.counts)}` : "Plan: nothing to change");
  log.info({ changes: plan.counts, items: plan.items }, "planned");
  return plan;
}

/** Carry the plan out, prove the result, and write down what is now there. */
async function perform(run: Run, candidate: Candidate, plan: DeployPlan, session: HostSession): Promise<DeployOutcome> {
  const { engine, log, endPhase } = run;
  const { desired } = candidate;
  let services: ServiceReport[] = [];
  let newLogins: NewLogin[] = [];
  const changes = plan.engineNeeded || plan.start.length > 0 || plan.repairs.state !== undefined;
  await runSteps([
    ...(changes
      ? [
          {
            title: "Apply",
            run: async (report: (line: string) => void) => {
              await applyPlan(engine, candidate, plan, log, report);
              endPhase("apply");
            },
          },
        ]
      : []),
    {
      title: "Wait until every service is healthy",
      run: async (report) => {
        services = await verifyStack(engine, session, candidate, log, report);
        endPhase("health");
      },
    },
    {
      title: "Logins",
      run: async () => {
        newLogins = await firstRun(session, desired);
        endPhase("logins");
        return newLogins.length ? `${newLogins.length} made` : "in place";
      },
    },
  ]);
  await record(engine, candidate);
  endPhase("record");
  return { plan, report: reportOf(desired, plan, services, candidate.release.id), newLogins };
}

function reportOf(
  { environment, profile }: DesiredStack,
  { counts }: DeployPlan,
  services: readonly ServiceReport[],
  release: string,
): DeployReport {
  // Since the process began: what the person waited.
  const seconds = Math.round(performance.now() / 100) / 10;
  return { environment: environment.name, profile: profile.profile, changes: counts, services, release, seconds };
}

async function record(engine: Engine, candidate: Candidate): Promise<void> {
  const { installation, environment, model } = candidate.desired;
  const snapshot = await takeSnapshot(engine, environment.stackName);
  const secondsToHealthy = readFact<Applied>(installation, environment.name, "applied")?.secondsToHealthy ?? {};
  const applied: Applied = {
    inputs: candidate.inputs,
    fingerprint: fingerprint(snapshot),
    containers: knownContainers(snapshot),
    secondsToHealthy,
  };
  recordRelease(installation, environment.name, candidate.release);
  writeFact(installation, environment.name, "volumes", ownedVolumes(environment.stackName, model));
  writeFact(installation, environment.name, "applied", applied);
}

async function fetchImages({ engine, target }: Run, survey: ImageSurvey) {
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

function referencesOf({ model }: DesiredStack): Record<string, string> {
  return Object.fromEntries(Object.values(model.services).map(({ name, image }) => [name, image]));
}

/** New passwords would lock everybody out of databases that were made with the old ones. */
function refuseNewSecretsOverOldData({ envFile, environment }: DesiredStack, volumes: readonly string[]): void {
  if (!envFile.fresh || volumes.length === 0) return;
  throw new UserError(
    `${envFile.path} is missing, but the data of ${environment.name} is there (${volumes.join(", ")}), locked with its secrets`,
    {
      next: `Put the file back; or, if the data may be lost, remove it with pnpm destroy:staging --environment ${environment.name} --volumes`,
    },
  );
}
