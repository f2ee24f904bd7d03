import {
  confirmDestructive,
  type Engine,
  forgetFact,
  type Log,
  openLog,
  readFact,
  UserError,
  writeFact,
} from "@understudy/core";
import {
  chooseTarget,
  connectTo,
  deployOf,
  type EnvironmentChoice,
  type Mutation,
  type ProfileChoice,
  recordedDeployment,
  resolveProfile,
  type Target,
  writeFreshEnvironmentFile,
} from "@understudy/environment";
import { mayHaveState } from "../engine/has-state.ts";
import { ensureToolbox } from "../images/acquire.ts";
import { mutateStack } from "../mutate-stack.ts";
import { type ComposeProject, findProject } from "./compose-project.ts";
import { lookAt } from "./look.ts";
import { type AdoptReport, adoptReport } from "./report.ts";
import { refuseMissing } from "./settings.ts";
import { rehearse, takeOver } from "./take-over.ts";
import { unexpectedState } from "./write-state.ts";

export interface AdoptRequest extends Pick<EnvironmentChoice, "environment"> {
  /** The Docker Compose project, where the host has several. */
  readonly project: string | undefined;
  readonly dryRun: boolean;
  readonly yes: boolean;
  readonly wait: boolean;
  /** Says a line to the person. */
  readonly say: (line: string) => void;
  /** Shows what was found, before anything is asked. */
  readonly show: (report: AdoptReport) => void;
}

/** From before the first thing is written until the last one was. */
const unfinished = "adoption";

interface Run {
  readonly engine: Engine;
  readonly target: Target;
  readonly profile: ProfileChoice;
  readonly log: Log;
  readonly request: AdoptRequest;
}

/**
 * Take over a production that Docker Compose started: its settings, its state, its record. Nothing is restarted, nothing is copied.
 * @throws UserError naming what stands in the way; then nothing was changed
 */
export async function adopt(request: AdoptRequest): Promise<AdoptReport> {
  const chosen = chooseTarget({ ...request, production: request.environment === undefined }, "production");
  const { environment, installation } = chosen;
  const profile = resolveProfile(environment, undefined);
  const log = openLog(installation, environment.name, "adopt");
  const resumed = readFact<boolean>(installation, environment.name, unfinished) ?? false;
  if (!resumed) refuseDeployed(chosen);
  await using engine = await connectTo(chosen);
  const project = await findProject(engine, request.project, environment.stackName);
  const misnamed = project.name === environment.stackName ? undefined : stackSetting(chosen, project);
  const target = { ...chosen, environment: { ...environment, stackName: project.name } };
  const run: Run = { engine, target, profile, log, request };
  const found = await lookAt(engine, target, profile, project);
  if (!request.dryRun) {
    if (misnamed) throw new UserError(`${environment.name} has another name than what runs`, { next: misnamed });
    refuseMissing(found.settings);
  }
  if (!request.yes || request.dryRun) {
    const differences = await rehearse(engine, found, log);
    const planned = adoptReport(found, differences, { target, result: "planned", first: misnamed });
    if (request.dryRun) return planned;
    request.show(planned);
  }
  await confirmDestructive(`${environment.name} will be taken over from Docker Compose.`, request);
  return await underLock(run);
}

async function underLock({ engine, target, profile, log, request }: Run): Promise<AdoptReport> {
  const { installation, environment } = target;
  const { wait, say } = request;
  const options = { verb: "adopt", wait, toolbox: await ensureToolbox(engine, say), log, say };
  return await mutateStack(target, engine, options, async ({ journal }: Mutation) => {
    // Whoever had the lock before may have changed what was seen.
    const resumed = readFact<boolean>(installation, environment.name, unfinished) ?? false;
    if (!resumed) refuseDeployed(target);
    const project = await findProject(engine, environment.stackName, environment.stackName);
    const found = await lookAt(engine, target, profile, project);
    refuseMissing(found.settings);
    journal.step("settings", { release: found.candidate.release.id });
    writeFact(installation, environment.name, unfinished, true);
    writeFreshEnvironmentFile(target, found.settings.file);
    const differences = await takeOver(engine, found, { journal, resumed, log });
    forgetFact(installation, environment.name, unfinished);
    log.info({ release: found.candidate.release.id, differences }, "adopted");
    return adoptReport(found, differences, { target, result: "adopted", first: undefined });
  });
}

/** @throws UserError for an environment that is ours already */
function refuseDeployed(target: Target): void {
  const { environment, settings } = target;
  const recorded = recordedDeployment(target);
  if (recorded) {
    throw new UserError(`${environment.name} is ours already: it runs release ${recorded.release.id}`, {
      next: `${deployOf(environment)} repairs it, pnpm promote changes it`,
    });
  }
  if (settings.state.backend === "local" && mayHaveState(target)) throw unexpectedState(environment.name);
}

function stackSetting({ environment }: Target, { name }: ComposeProject): string {
  return `Volumes and networks keep their names: write "stack: ${name}" under environments, ${environment.name} in understudy.yml, commit it, and run it again`;
}
