import { confirmDestructive, openLog, runSteps, UserError } from "@understudy/core";
import {
  chooseTarget,
  connectTo,
  desiredStack,
  type Mutation,
  type Recorded,
  recordedDeployment,
  serviceOf,
  type Target,
} from "@understudy/environment";
import { makePlan } from "../change-stack.ts";
import type { TurnoverReport } from "../edge/turnovers.ts";
import { runHook } from "../hooks.ts";
import { ensureToolbox } from "../images/acquire.ts";
import { mutateStack } from "../mutate-stack.ts";
import type { PlanItem } from "../plan/describe.ts";
import { rehearseCandidate } from "../prepare-candidate.ts";
import { type Gate, gates } from "../receipt/gates.ts";
import { followPhases } from "../report/phases.ts";
import { rehearsalSteps } from "../workflows.ts";
import { bringImages } from "./bring-images.ts";
import { changeRelease, type ReleaseChange, recoverChange } from "./change-release.ts";
import { checkPromotion } from "./check-promotion.ts";
import { type ExpectedWait, expectedWaits } from "./expected-waits.ts";
import { gateFacts, type Stage } from "./gate-facts.ts";
import { promotedTo } from "./promoted.ts";
import { type Secured, secure } from "./secure.ts";

export interface PromoteRequest {
  /** Environments of kind staging and production; the first of each when undefined. */
  readonly from: string | undefined;
  readonly to: string | undefined;
  /** Run the checks on staging, write the receipt, judge the gates, and stop. */
  readonly check: boolean;
  readonly dryRun: boolean;
  readonly yes: boolean;
  readonly wait: boolean;
  /** How old the copy of production's data may be, ms; as the settings say when undefined. */
  readonly allowStale: number | undefined;
  /** Says a line to the person. */
  readonly say: (line: string) => void;
}

/** What `promote --json` says; documented in docs/promotion.md. */
export interface PromoteReport {
  readonly environment: string;
  /** Release that was, or would be, promoted. */
  readonly release: string | null;
  readonly result: "promoted" | "checked" | "planned";
  readonly gates: readonly Gate[];
  readonly plan: readonly PlanItem[];
  /** In a dry run: what requests of each service will go through. */
  readonly expected: readonly ExpectedWait[];
  /** How long requests of each service waited at the edge, ms. */
  readonly held: readonly TurnoverReport[];
  /** The rollback point; null where nothing ran before, or nothing was changed. */
  readonly tag: string | null;
  readonly backup: string | null;
  readonly seconds: number;
}

/** Make production run what staging proved; back to what it ran before when it is not well. @throws UserError */
export async function promote(request: PromoteRequest): Promise<PromoteReport> {
  await using opened = new AsyncDisposableStack();
  const stage = await openStage(request, opened);
  const options = { limits: limitsOf(stage, request.allowStale), wait: request.wait };
  if (request.check) {
    const { gates: judged } = await checkPromotion(stage, options, request.say);
    return reportOf(stage, "checked", { gates: judged });
  }
  const judged = gates(await gateFacts(stage, options));
  const recorded = recordedDeployment(stage.staging);
  if (!request.dryRun || !recorded) refuseClosed(judged);
  if (!recorded) throw new Error("every gate is open for no release");
  if (request.dryRun) {
    return reportOf(stage, "planned", { gates: judged, ...(await planOf(stage, recorded, request)) });
  }
  const { name } = stage.production.environment;
  await confirmDestructive(`${name} will run release ${recorded.release.id}.`, request);
  const promoted = await underLock(stage, recorded, request, () => gateFacts(stage, { ...options, wait: true }));
  return reportOf(stage, "promoted", { gates: judged, ...promoted });
}

interface Promoted extends Pick<PromoteReport, "plan" | "held"> {
  readonly secured: Secured | undefined;
}

async function openStage({ from, to }: PromoteRequest, opened: AsyncDisposableStack): Promise<Stage> {
  const staging = chooseTarget({ environment: from }, "staging");
  const production = chooseTarget({ environment: to }, "production");
  const connect = async (target: Target) => opened.use(await connectTo(target));
  const engines = { staging: await connect(staging), production: await connect(production) };
  return { staging, production, engines };
}

async function planOf(
  stage: Stage,
  staging: Recorded,
  { say }: PromoteRequest,
): Promise<Pick<PromoteReport, "plan" | "expected">> {
  const { production, engines } = stage;
  const log = openLog(production.installation, production.environment.name, "promote");
  const { target, profile, release, lastMigration } = promotedTo(production, staging.release);
  const change = {
    ...{ verb: "promote", target, profile, recorded: release, engine: engines.production, say, log },
    ...{ lastMigration, refresh: true, acceptEmptyVolumes: [], endPhase: followPhases(log) },
  };
  const candidate = await rehearseCandidate(change);
  const { items, snapshot } = await makePlan(change, candidate, { resumed: false, dryRun: true });
  const running = [...snapshot.containers.values()].filter(({ State }) => State.Running).map(serviceOf);
  return { plan: items, expected: expectedWaits(candidate.desired, items, running) };
}

async function underLock(
  stage: Stage,
  staging: Recorded,
  { wait, say }: PromoteRequest,
  facts: () => ReturnType<typeof gateFacts>,
): Promise<Promoted> {
  const { production, engines } = stage;
  const { installation, environment } = production;
  const engine = engines.production;
  const log = openLog(installation, environment.name, "promote");
  const options = { verb: "promote", wait, toolbox: await ensureToolbox(engine, say), log, say };
  return await mutateStack(production, engine, options, async (mutation) => {
    const workflows = { manner: "strict" } as const;
    const change: ReleaseChange = { verb: "promote", target: production, engine, mutation, workflows, log, say };
    mutation.journal.step("recover");
    await recoverChange(change);
    mutation.journal.step("gates", { release: staging.release.id });
    // Whoever had the lock before may have changed what they were judged by.
    refuseClosed(gates(await facts()));
    const variables = { release: staging.release.id };
    await runHook(production, "pre-promote", { variables, say });
    const before = recordedDeployment(production);
    if (before) await rehearseWorkflows(before, mutation, { say, log });
    const release = await send(stage, staging, mutation);
    const secured = before ? await secure(production, engine, { verify: true, mutation, log, say }) : undefined;
    const outcome = await changeRelease(change, promotedTo(production, release), {
      tag: secured?.tag ?? null,
    });
    await afterwards(stage, variables, say);
    log.info({ release: release.id, tag: secured?.tag, report: outcome.report }, "promoted");
    return { secured, plan: outcome.plan.items, held: outcome.turnovers };
  });
}

/** What cannot be applied to production's workflows is known before anything of it is changed. @throws UserError */
async function rehearseWorkflows(
  { target, profile }: Recorded,
  { journal }: Mutation,
  options: Parameters<typeof rehearsalSteps>[1],
): Promise<void> {
  const steps = rehearsalSteps(await desiredStack(target, profile), options);
  if (steps.length === 0) return;
  journal.step("rehearse workflow migrations");
  await runSteps(steps);
}

async function send({ engines }: Stage, { release }: Recorded, { journal }: Mutation): Promise<Recorded["release"]> {
  journal.step("images", { release: release.id });
  let brought = release;
  await runSteps([
    {
      title: "Bring the images of the release",
      run: async (report) => {
        brought = await bringImages(engines, release, report);
      },
    },
  ]);
  return brought;
}

/** The release runs: a hook that fails now is a warning. */
async function afterwards(
  { production }: Stage,
  variables: Readonly<Record<string, string>>,
  say: (line: string) => void,
): Promise<void> {
  try {
    await runHook(production, "post-promote", { variables, say });
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    say(`warning: ${error.message}`);
  }
}

function limitsOf({ production }: Stage, allowStale: number | undefined) {
  const { receiptHours, copyHours } = production.settings.promote;
  return { receipt: receiptHours * 3_600_000, copy: allowStale ?? copyHours * 3_600_000 };
}

/** @throws UserError naming every gate that is closed. */
function refuseClosed(judged: readonly Gate[]): void {
  const closed = judged.filter(({ passed }) => !passed);
  if (closed.length === 0) return;
  const [first] = closed;
  throw new UserError(
    `Nothing was promoted: ${closed.map(({ name, seen }) => `${name}: ${seen}`).join("; ")}`,
    first?.next ? { next: first.next } : {},
  );
}

function reportOf(
  { staging, production }: Stage,
  result: PromoteReport["result"],
  {
    gates: judged,
    plan = [],
    expected = [],
    held = [],
    secured,
  }: Pick<PromoteReport, "gates"> & Partial<Promoted> & Partial<Pick<PromoteReport, "expected">>,
): PromoteReport {
  return {
    environment: production.environment.name,
    release: recordedDeployment(staging)?.release.id ?? null,
    result,
    gates: judged,
    plan,
    expected,
    held,
    tag: secured?.tag ?? null,
    backup: secured?.backup.id ?? null,
    // Since the process began: what the person waited.
    seconds: Math.round(performance.now() / 100) / 10,
  };
}
