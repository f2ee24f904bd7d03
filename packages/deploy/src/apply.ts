import type { EngineEvent } from "@pulumi/pulumi/automation/index.js";
import { type Engine, statusOf } from "@understudy/core";
import type { Candidate } from "./candidate.ts";
import { changeOf } from "./engine/changes.ts";
import { removeContainer, removeNetwork } from "./live/strays.ts";
import type { Report, Work } from "./work.ts";

/** Carry out a plan. Ends when the engine has done its part; whether services are healthy is looked at afterwards. */
export async function applyPlan(work: Work, report: Report): Promise<void> {
  const { engine, plan } = work;
  for (const { id, service } of plan.repairs.containers) {
    report(`${service}: removing the container that a killed run left`);
    await removeContainer(engine, id);
  }
  for (const { id, name } of plan.repairs.networks) {
    report(`${name}: removing the network that a killed run left`);
    await removeNetwork(engine, id);
  }
  for (const { id, service } of plan.start) {
    report(`${service}: starting`);
    await start(engine, id);
  }
  if (plan.engineNeeded || plan.repairs.state) await runEngine(work, report);
}

async function runEngine({ engine, candidate, plan, log, healthTimes }: Work, report: Report): Promise<void> {
  const { openCandidate } = await import("./engine/stack.ts");
  const { stack, run, failure } = await openCandidate(engine, candidate, plan.snapshot, log, (service, seconds) => {
    healthTimes.note(service, seconds);
    report(`${service}: healthy`);
  });
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

function tell(event: EngineEvent, report: Report): void {
  const words = { create: "creating", update: "changing", replace: "replacing", delete: "removing" };
  for (const { kind, name, operation } of changeOf(event))
    if (kind !== "image") report(`${name}: ${words[operation]} ${kind}`);
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
