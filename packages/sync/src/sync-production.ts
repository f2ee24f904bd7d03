import { confirmDestructive, type Journal, type Log, openLog, UserError, writeFact } from "@understudy/core";
import { openSide, type Side } from "@understudy/data";
import { chooseTarget, mutate, type Profile, type Target, toolboxOn } from "@understudy/environment";
import { migrateOnNewData } from "@understudy/workflows/on-new-data";
import { makeCopy, reportFile } from "./make-copy.ts";
import { planCopy } from "./plan/plan-copy.ts";
import { refuseIncompatible } from "./refuse-incompatible.ts";
import { type CopyReport, type PlanReport, planReport } from "./report/copy-report.ts";
import type { CopyFolder } from "./state/copy-state.ts";
import { maskingKey } from "./state/masking-key.ts";
import { openCopyFolder, recoverLast } from "./state/open-copy-folder.ts";

export const copyParts = ["postgres", "neo4j", "volumes"] as const;
export type CopyPart = (typeof copyParts)[number];

export interface CopyRequest {
  /** Environments of kind staging and production; the first of each when undefined. */
  readonly to: string | undefined;
  readonly from: string | undefined;
  /** The profile that staging is believed to have. */
  readonly profile: Profile | undefined;
  readonly only: readonly CopyPart[];
  readonly databases: readonly string[] | undefined;
  /** Share of the rows, 0 to 1. */
  readonly sample: number | undefined;
  readonly planOnly: boolean;
  readonly resume: boolean;
  /** Copy raw data, where the settings allow it. */
  readonly unmasked: boolean;
  /** Streams at a time. */
  readonly parallel: number;
  readonly yes: boolean;
  readonly wait: boolean;
  /** Says a line to the person. */
  readonly say: (line: string) => void;
}

export type CopyOutcome = { readonly plan: PlanReport; readonly report?: never } | { readonly report: CopyReport };

/** Both environments of a copy, and what all of its steps need. */
export interface CopyContext {
  readonly request: CopyRequest;
  readonly production: Side;
  readonly staging: Side;
  /** The masking key. */
  readonly key: string;
  readonly log: Log;
  /** ms since the epoch. */
  readonly began: number;
}

/**
 * Copy production's data into staging, masked on its way, prove it, and swap it in. Until then staging's own data serves; what fails
 * leaves it so. Production is only read.
 * @throws UserError when anything is in the way: nothing was changed then, and `--resume` goes on.
 */
export async function syncProduction(request: CopyRequest): Promise<CopyOutcome> {
  const to = chooseTarget({ environment: request.to }, "staging");
  const from = chooseTarget({ environment: request.from }, "production");
  const log = openLog(to.installation, to.environment.name, "sync");
  await using opened = new AsyncDisposableStack();
  const production = opened.use(await openSide(from));
  const staging = opened.use(await openSide(to));
  refuseOtherProfile(staging, request.profile);
  refuseUnmasked(staging, request.unmasked);
  await refuseIncompatible(production, staging);
  const context: CopyContext = {
    request,
    production,
    staging,
    key: maskingKey(to.installation),
    log,
    began: Date.now(),
  };
  if (request.planOnly) return { plan: planReport(context, await planCopy(context, new Date().toISOString(), opened)) };
  await confirmDestructive(
    `The data of ${to.environment.name} is replaced by a copy of ${from.environment.name}'s.`,
    request,
  );
  const report = await underLock(to, context);
  return { report };
}

async function underLock(target: Target, context: CopyContext): Promise<CopyReport> {
  const { request, staging, log } = context;
  const options = {
    verb: "sync:production",
    wait: request.wait,
    toolbox: await toolboxOn(staging.engine),
    overUnfinishedSwap: true,
    log,
    say: request.say,
  };
  return await mutate(target, staging.engine, options, async ({ journal }) => {
    journal.step("recover");
    const last = await recoverLast(context);
    const report = finishedBefore(last, request) ?? (await copy(context, last, journal));
    writeFact(target.installation, target.environment.name, "copy", {
      id: report.id,
      at: new Date().toISOString(),
      result: "succeeded",
      from: report.from,
      unmasked: request.unmasked,
      healthySeconds: report.healthySeconds,
    });
    await migrateOnNewData(staging.stack, { journal, say: request.say, log });
    return report;
  });
}

async function copy(context: CopyContext, last: CopyFolder | undefined, journal: Journal): Promise<CopyReport> {
  const folder = await openCopyFolder(context, last);
  journal.step("copy", { id: folder.state.id, from: folder.state.from });
  try {
    return await makeCopy(context, folder, journal);
  } catch (error) {
    if (!(error instanceof UserError) || error.next) throw error;
    const next = "Staging's data is as it was. Go on with the copy: pnpm sync:production --resume";
    throw new UserError(error.message, { next, cause: error });
  }
}

/** A copy that was killed when it had been proven, and only the old data was still to go, needs nothing more. */
function finishedBefore(last: CopyFolder | undefined, { resume }: CopyRequest): CopyReport | undefined {
  if (!resume || last?.state.phase !== "ended") return undefined;
  const report = last.read<CopyReport>(reportFile);
  return report && { ...report, swapped: true };
}

function refuseOtherProfile({ stack }: Side, asked: Profile | undefined): void {
  const { environment, profile } = stack;
  if (!asked || asked === profile.profile) return;
  throw new UserError(`${environment.name} is deployed with profile ${profile.profile}, not ${asked}`, {
    next: `Leave --env away, or deploy it so first: pnpm deploy:staging --env ${asked}`,
    exitCode: 2,
  });
}

/** Raw data goes only where a setting and a flag both say so, and never to a laptop. */
function refuseUnmasked({ stack }: Side, unmasked: boolean): void {
  if (!unmasked) return;
  const { environment, profile } = stack;
  if (profile.profile === "laptop") {
    throw new UserError(`${environment.name} is deployed with profile laptop: its data is always masked`, {
      next: "Leave --unmasked away",
      exitCode: 2,
    });
  }
  if (environment.sanitize) {
    throw new UserError(`${environment.name} must have masked data: its setting sanitize is true`, {
      next: `Leave --unmasked away, or set sanitize: false for ${environment.name} in understudy.yml`,
      exitCode: 2,
    });
  }
}
