import type { Deployment } from "@pulumi/pulumi/automation/index.js";
import type { ContainerInspectInfo } from "@understudy/core";
import { type Engine, type Log, readFact } from "@understudy/core";
import { isShared, type Snapshot, serviceOf, takeSnapshot } from "@understudy/environment";
import { containerName, networkName } from "@understudy/stacks/names";
import type { Candidate } from "../candidate.ts";
import { type ChangeCounts, changeOf, countChanges, type ResourceChange } from "../engine/changes.ts";
import { exportDeployment } from "../engine/deployment.ts";
import { mayHaveState } from "../engine/has-state.ts";
import { engineId, refuseOtherEngine } from "../engine/whose-engine.ts";
import { fingerprint } from "../live/fingerprint.ts";
import { strayContainers, strayNetworks, withoutPendingOperations } from "../live/strays.ts";
import { describePlan, type PlanItem } from "./describe.ts";
import { alteredByHand, forcedReplacements, type KnownContainer, settleChanges } from "./drift.ts";

/** What the last deploy that ended well left; while both hashes hold there is nothing for the engine to do. */
export interface Applied {
  readonly inputs: string;
  readonly fingerprint: string;
  /** By service. */
  readonly containers: Readonly<Record<string, KnownContainer>>;
  /** Seconds that each service took to become healthy when it was last made. */
  readonly secondsToHealthy: Readonly<Record<string, number>>;
}

export interface DeployPlan {
  readonly items: readonly PlanItem[];
  readonly counts: ChangeCounts;
  readonly snapshot: Snapshot;
  readonly repairs: Repairs;
  /** Containers that are there and must only be started. */
  readonly start: readonly { readonly service: string; readonly id: string }[];
  /** Services that the engine must be told to replace, because it sees no reason of its own. */
  readonly replace: readonly string[];
  /** Whether the engine has anything to do, image records included. */
  readonly engineNeeded: boolean;
}

/** What a killed run left to clear before the engine can work. */
export interface Repairs {
  /** The state without the operations that never ended. */
  readonly state: Deployment | undefined;
  readonly containers: readonly { readonly id: string; readonly service: string }[];
  readonly networks: readonly { readonly id: string; readonly name: string }[];
}

const noRepairs: Repairs = { state: undefined, containers: [], networks: [] };

/**
 * Compare a candidate with what runs. Changes nothing.
 * @param options `refresh` asks the engine even when both hashes hold; `resumed`: a Pulumi of the run before may still work
 */
export async function planDeploy(
  engine: Engine,
  candidate: Candidate,
  log: Log,
  { refresh, resumed }: { readonly refresh: boolean; readonly resumed: boolean },
): Promise<DeployPlan> {
  const { desired } = candidate;
  const snapshot = await takeSnapshot(engine, desired.environment.stackName);
  if (desired.envFile.fresh || isBlank(candidate, snapshot)) return planFresh(candidate, snapshot);
  const applied = readFact<Applied>(desired.installation, desired.environment.name, "applied");
  if (!refresh && applied?.inputs === candidate.inputs && applied.fingerprint === fingerprint(snapshot)) {
    return nothingToDo(snapshot);
  }
  return await askEngine(engine, candidate, { snapshot, applied, resumed }, log);
}

/** The plan for a stack that is as it should be. */
export function nothingToDo(snapshot: Snapshot): DeployPlan {
  return {
    items: [],
    counts: countChanges([]),
    snapshot,
    repairs: noRepairs,
    start: [],
    replace: [],
    engineNeeded: false,
  };
}

async function askEngine(
  engine: Engine,
  candidate: Candidate,
  { snapshot: before, applied, resumed }: { snapshot: Snapshot; applied: Applied | undefined; resumed: boolean },
  log: Log,
): Promise<DeployPlan> {
  // Loaded only here: the engine's client takes most of a second, which an unchanged deploy need not wait for.
  const { openCandidate } = await import("../engine/stack.ts");
  const { stack, run, free } = await openCandidate(engine, candidate, before, log);
  const { environment } = candidate.desired;
  if (resumed && isShared(candidate.desired)) await free();
  const snapshot = resumed ? await takeSnapshot(engine, environment.stackName) : before;
  const exported = await run(() => exportDeployment(stack));
  refuseOtherEngine(exported, await engineId(engine, candidate.desired), candidate.desired);
  const repairs: Repairs = {
    state: withoutPendingOperations(exported),
    containers: strayContainers(snapshot, exported),
    networks: strayNetworks(snapshot, exported),
  };
  const seen: ResourceChange[] = [];
  await run(() => {
    seen.length = 0;
    return stack.preview({
      refresh: true,
      onEvent: (event) => seen.push(...changeOf(event)),
      onOutput: (text) => log.debug({ pulumi: text }),
    });
  });
  // What a Compose project has beside the services is nobody's to start.
  const stopped = (snapshot.swarm ? [] : [...snapshot.containers.values()]).filter(
    (info) => (!info.State.Running || info.State.Paused) && candidate.desired.model.services[serviceOf(info)],
  );
  const stoppedServices = new Set(stopped.map(serviceOf));
  const changes = settleChanges(
    seen,
    stoppedServices,
    snapshot.swarm ? [] : alteredByHand(applied?.containers ?? {}, snapshot, networksByService(candidate)),
  );
  const observations = {
    changes,
    stopped: stoppedServices,
    running: new Set([...snapshot.containers.values()].filter(({ State }) => State.Running).map(serviceOf)),
    secondsToHealthy: applied?.secondsToHealthy ?? {},
    changedVariables: changedVariables(candidate, snapshot),
  };
  const items = describePlan(candidate.desired.model, observations);
  const starting = new Set(items.flatMap(({ action, name }) => (action === "start" ? [name] : [])));
  return {
    items,
    counts: countChanges(changes),
    snapshot,
    repairs,
    start: stopped
      .filter((info) => starting.has(serviceOf(info)))
      .map((info) => ({ service: serviceOf(info), id: info.Id })),
    replace: forcedReplacements(changes),
    engineNeeded: changes.length > 0,
  };
}

/** Nothing on the host and nothing remembered: what the engine's preview, some seconds, would say is known. */
function isBlank({ desired }: Candidate, { containers, networks, swarm }: Snapshot): boolean {
  const isEmpty = containers.size === 0 && networks.size === 0 && !swarm?.services.size;
  return isEmpty && !mayHaveState(desired);
}

/** Before the environment's secrets exist there is no state to compare with: everything is to be created. */
function planFresh({ desired }: Candidate, snapshot: Snapshot): DeployPlan {
  const { networks, volumes, services } = desired.model;
  const owned = (entries: Record<string, { external: unknown }>) =>
    Object.entries(entries).flatMap(([name, { external }]) => (external ? [] : [name]));
  const create = (kind: ResourceChange["kind"], names: string[]): ResourceChange[] =>
    names.map((name) => ({ kind, name, operation: "create", properties: [] }));
  const changes = [
    ...create("network", owned(networks)),
    ...create("volume", owned(volumes)),
    ...create(snapshot.swarm ? "service" : "container", Object.keys(services)),
  ];
  const observations = {
    changes,
    stopped: new Set<string>(),
    running: new Set<string>(),
    secondsToHealthy: {},
    changedVariables: {},
  };
  return {
    items: describePlan(desired.model, observations),
    counts: countChanges(changes),
    snapshot,
    repairs: noRepairs,
    start: [],
    replace: [],
    engineNeeded: true,
  };
}

/** The networks that each container must be on, by their names on the host. */
function networksByService({ desired }: Candidate): Record<string, string[]> {
  const { model, environment } = desired;
  const nameOf = (network: string) =>
    model.networks[network]?.external?.name ?? networkName(environment.stackName, network);
  return Object.fromEntries(
    Object.values(model.services).map(({ name, networks }) => [name, Object.keys(networks).map(nameOf)]),
  );
}

/** Names of the variables that a running container has otherwise. Their values are not looked at further. */
function changedVariables({ desired }: Candidate, snapshot: Snapshot): Record<string, string[]> {
  const entries = Object.values(desired.model.services).map((service) => {
    const live = variablesOf(snapshot.containers.get(containerName(desired.environment.stackName, service.name)));
    return [
      service.name,
      Object.entries(service.environment).flatMap(([name, value]) => (live.get(name) === value ? [] : [name])),
    ] as const;
  });
  return Object.fromEntries(entries);
}

function variablesOf(info: ContainerInspectInfo | undefined): Map<string, string> {
  return new Map((info?.Config.Env ?? []).map((entry) => entry.split(/=(.*)/s, 2) as [string, string]));
}
