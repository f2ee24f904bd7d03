import { replicaLabel } from "@understudy/compose";
import { describeHolder, type Engine, gitState, hasCommit, readFact } from "@understudy/core";
import {
  desiredStack,
  type Recorded,
  recordedDeployment,
  type Snapshot,
  serviceOf,
  type Target,
  takeSnapshot,
} from "@understudy/environment";
import { fingerprint } from "../live/fingerprint.ts";
import type { Applied } from "../plan/plan-deploy.ts";
import { askRemote } from "../points/remote.ts";
import type { AgeLimits, GateFacts, ProductionFacts, StagingFacts } from "../receipt/facts.ts";
import { hashShared } from "../receipt/shared.ts";
import { readReceipt } from "../receipt/store.ts";
import { workflowTestsOf } from "./workflow-tests.ts";

/** The two environments of a promotion, with their engines. */
export interface Stage {
  readonly staging: Target;
  readonly production: Target;
  readonly engines: { readonly staging: Engine; readonly production: Engine };
}

export interface FactOptions {
  readonly limits: AgeLimits;
  readonly wait: boolean;
}

/** Look up everything that the gates of a promotion judge. Changes nothing. */
export async function gateFacts(stage: Stage, { limits, wait }: FactOptions): Promise<GateFacts> {
  const { staging, production } = stage;
  const { installation } = staging;
  const recorded = recordedDeployment(staging);
  const [stagingFacts, productionFacts, git, remote] = await Promise.all([
    lookAtStaging(stage, recorded),
    lookAtProduction(stage),
    gitState(installation.root),
    askRemote(installation.root),
  ]);
  const deployedAt = readFact<{ at: string }>(installation, production.environment.name, "release")?.at;
  return {
    now: Date.now(),
    limits,
    git,
    staging: stagingFacts,
    receipt: recorded && readReceipt(installation, recorded.release.id),
    workflowTests: recorded ? await workflowTestsOf(staging) : [],
    production: productionFacts,
    remote,
    wait,
    past: deployedAt ? [{ what: "production's last deploy", at: deployedAt }] : [],
  };
}

async function lookAtStaging({ staging, engines }: Stage, recorded: Recorded | undefined): Promise<StagingFacts> {
  const { installation, environment } = staging;
  const snapshot = await takeSnapshot(engines.staging, environment.stackName);
  const shared = recorded ? await hashShared(await desiredStack(staging, recorded.profile)) : {};
  return {
    environment: environment.name,
    release: recorded?.release,
    deployed: readFact<Applied>(installation, environment.name, "applied")?.fingerprint,
    running: fingerprint(snapshot),
    images: imagesOf(snapshot),
    shared,
    copy: readFact<{ id: string }>(installation, environment.name, "copy")?.id,
  };
}

async function lookAtProduction({ production, engines }: Stage): Promise<ProductionFacts> {
  const { installation, environment } = production;
  const release = recordedDeployment(production)?.release;
  const commit = release?.commit?.replace(/-dirty$/, "");
  const [{ containers }, lockedBy, commitExists] = await Promise.all([
    takeSnapshot(engines.production, environment.stackName),
    describeHolder(engines.production, environment.stackName),
    commit ? hasCommit(installation.root, commit) : false,
  ]);
  return { environment: environment.name, stands: containers.size > 0, release, commitExists, lockedBy };
}

function imagesOf({ containers }: Snapshot): Record<string, string> {
  return Object.fromEntries(
    [...containers.values()].map((info) => [info.Config.Labels[replicaLabel] ?? serviceOf(info), info.Image]),
  );
}
