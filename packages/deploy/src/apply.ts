import type { EngineEvent } from "@pulumi/pulumi/automation/index.js";
import type { ComposeModel } from "@understudy/compose";
import { type Engine, statusOf } from "@understudy/core";
import { toolboxOn } from "@understudy/environment";
import { networkName } from "@understudy/stacks/names";
import type { Candidate } from "./candidate.ts";
import { bridgeOf } from "./edge/bridged-model.ts";
import { edgeService, turnoverLimits } from "./edge/limits.ts";
import { replaceBehindEdge, type Up } from "./edge/replace-behind-edge.ts";
import type { TurnoverReport } from "./edge/turnovers.ts";
import { changeOf, isCounted, isRunner } from "./engine/changes.ts";
import { whenHealthy } from "./healthy/when-healthy.ts";
import { keepOut, letIn } from "./let-in.ts";
import { emptyNetwork } from "./live/empty-network.ts";
import { removeContainer, removeNetwork } from "./live/strays.ts";
import type { Report, Work } from "./work.ts";

/**
 * Carry out a plan. Ends when the engine has done its part, and n8n has the workflows that nobody should meet it without; whether services
 * are healthy is looked at afterwards.
 * @returns what requests of each service went through at the edge
 */
export async function applyPlan(work: Work, report: Report): Promise<readonly TurnoverReport[]> {
  const { engine, plan } = work;
  for (const { id, service } of plan.repairs.containers) {
    report(`${service}: removing the container that a killed run left`);
    await removeContainer(engine, id);
  }
  for (const { id, name } of plan.repairs.networks) {
    report(`${name}: removing the network that a killed run left`);
    await removeNetwork(engine, id);
  }
  await keepOut(work, report);
  for (const { kind, name, action } of plan.items) {
    if (kind !== "network" || action !== "replace" || engine.fleet) continue;
    report(`${name}: taking containers off the network`);
    await emptyNetwork(engine, networkName(work.candidate.desired.environment.stackName, name));
  }
  for (const { id, service } of plan.start) {
    report(`${service}: starting`);
    await start(engine, id);
  }
  const turnovers = plan.engineNeeded || plan.repairs.state ? await runEngine(work, report) : [];
  await letIn(work, report);
  return turnovers;
}

/** Production's requests are not lost while its containers are replaced; a staging's may be, which spares a laptop the second containers. */
async function runEngine(work: Work, report: Report): Promise<readonly TurnoverReport[]> {
  const { engine, candidate, plan, straight, workflows } = work;
  const { environment, model } = candidate.desired;
  const up: Up = (model, turns) => runUp(work, model, turns, report);
  const replaced = plan.items.filter(({ kind, action }) => isRunner(kind) && action !== "delete");
  if (environment.kind !== "production" || !model.services[edgeService] || replaced.length === 0) {
    await up(model);
    return [];
  }
  return await replaceBehindEdge(
    {
      ...{ engine, model, edgeService, stackName: environment.stackName },
      toolbox: await toolboxOn(engine),
      replaced: replaced.map(({ name }) => name),
      straight,
      limits: turnoverLimits(candidate.desired),
      whenHealthy: (wait) => whenHealthy(engine, candidate, wait),
      ready: (service) => workflows?.ready(service) ?? Promise.resolve(),
      say: report,
    },
    up,
  );
}

async function runUp(work: Work, model: ComposeModel, turns: Parameters<Up>[1], report: Report): Promise<void> {
  const { engine, plan, log, healthTimes } = work;
  const { openCandidate } = await import("./engine/stack.ts");
  const candidate = withModel(work.candidate, model);
  const onHealthy = (service: string, seconds: number) => {
    healthTimes.note(service, seconds);
    report(`${service}: healthy`);
  };
  const { stack, run, failure } = await openCandidate(engine, candidate, plan.snapshot, log, { onHealthy, turns });
  const { state } = plan.repairs;
  if (state) await run(() => stack.importStack(state));
  try {
    await run(() =>
      stack.up({
        refresh: true,
        replace: plan.replace.map((service) => containerUrn(candidate, service)),
        onEvent: (event) => tell(event, report),
        onOutput: (text) => log.debug({ pulumi: text }),
      }),
    );
  } catch (error) {
    throw failure() ?? error;
  }
}

/** A bridge runs the image of the service that it stands in for. */
function withModel(candidate: Candidate, model: ComposeModel): Candidate {
  const bridges = Object.entries(candidate.images).map(([service, image]) => [bridgeOf(service), image] as const);
  const images = { ...Object.fromEntries(bridges), ...candidate.images };
  return { ...candidate, desired: { ...candidate.desired, model }, images };
}

function tell(event: EngineEvent, report: Report): void {
  const words = { create: "creating", update: "changing", replace: "replacing", delete: "removing" };
  for (const { kind, name, operation } of changeOf(event))
    if (isCounted(kind)) report(`${name}: ${words[operation]} ${kind}`);
}

async function start(engine: Engine, id: string): Promise<void> {
  const container = engine.docker.getContainer(id);
  const { State } = await container.inspect();
  if (State.Paused) await container.unpause();
  else await container.start().catch((error) => (statusOf(error) === 304 ? undefined : Promise.reject(error)));
}

function containerUrn({ desired }: Candidate, service: string): string {
  return `urn:pulumi:${desired.environment.name}::${desired.settings.project}::docker:index/container:Container::${service}`;
}
