import { existsSync } from "node:fs";
import {
  type ContainerInspectInfo,
  describeHolder,
  type FleetNode,
  label,
  type OlderVolume,
  readFact,
  table,
} from "@understudy/core";
import {
  chooseTarget,
  connectTo,
  type DesiredStack,
  describeState,
  desiredStack,
  type EnvironmentChoice,
  endpoints,
  type RunningCount,
  resolveProfile,
  runningCounts,
  type Snapshot,
  type SwarmSnapshot,
  serviceOf,
  type Target,
  takeSnapshot,
} from "@understudy/environment";

import { olderVolumeLine } from "./swarm/fleet-lines.ts";

/** One container as the engine sees it now. */
export interface ServiceStatus {
  readonly name: string;
  /** The engine's words: running, exited, paused, restarting, … */
  readonly state: string;
  /** The container's own health check, or `none`. */
  readonly health: string;
  readonly restarts: number;
  readonly release: string;
  readonly since: string;
  readonly url?: string;
  /** Of a swarm: the machine that it is on, and whose place it is when there are several. */
  readonly node?: string;
  readonly container?: string;
  /** Of a swarm: why it does not run, in the swarm's words. */
  readonly why?: string;
}

/** One machine of a swarm. */
export interface NodeStatus
  extends Pick<FleetNode, "name" | "role" | "leader" | "state" | "availability" | "address" | "ingress"> {
  readonly host: string | null;
  /** Containers of this stack that run there. */
  readonly containers: number;
  /** Why its engine is not reached from here. */
  readonly away?: string;
}

/** What `status --json` says; documented in docs/cli-json.md. */
export interface StatusReport {
  readonly environment: string;
  readonly kind: string;
  readonly host: string;
  readonly deployed: boolean;
  readonly release: string | null;
  /** Whether a service reaches the internet, as its networks are now; what is not deployed: as understudy.yml says. */
  readonly egress: "none" | "open";
  readonly lockedBy: string | null;
  /** Where somebody else runs its Postgres, `host:port`; null: it runs its own. */
  readonly managedPostgres: string | null;
  readonly services: readonly ServiceStatus[];
  /** Services of which more than one container is to run, or does. Empty where the environment's files are not there to tell. */
  readonly replicas: readonly RunningCount[];
  readonly volumes: readonly string[];
  /** Of a swarm. */
  readonly nodes?: readonly NodeStatus[];
  /** Of a swarm: what machines still have of data that is on another one now. */
  readonly olderVolumes?: readonly OlderVolume[];
}

/** Look at an environment's stack. Changes nothing. */
export async function status(choice: EnvironmentChoice): Promise<StatusReport> {
  const target = chooseTarget(choice);
  const { environment, installation } = target;
  await using engine = await connectTo(target);
  const [snapshot, holder, desired, olderVolumes] = await Promise.all([
    takeSnapshot(engine, environment.stackName),
    describeHolder(engine, environment.stackName),
    desiredOf(target),
    engine.fleet?.olderVolumes(),
  ]);
  const reachable = desired ? endpoints(desired.model, environment.host) : [];
  const urls = new Map(reachable.map(({ service, url }) => [service, url]));
  const services = [...snapshot.containers.values()].map((info): ServiceStatus => {
    const name = serviceOf(info);
    const url = urls.get(name);
    return {
      name,
      state: info.State.Running ? info.State.Status : describeState(info),
      health: info.State.Health?.Status ?? "none",
      restarts: info.RestartCount,
      release: info.Config.Labels[label.release] ?? "unknown",
      since: info.State.Running ? info.State.StartedAt : info.State.FinishedAt,
      ...(url ? { url } : {}),
      ...(snapshot.swarm ? placeOf(info, snapshot.swarm) : {}),
    };
  });
  return {
    environment: environment.name,
    kind: environment.kind,
    host: environment.host,
    deployed: services.length > 0,
    release: readFact<{ id: string }>(installation, environment.name, "release")?.id ?? null,
    egress: services.length > 0 ? liveEgress(snapshot) : environment.egress,
    lockedBy: holder ?? null,
    managedPostgres: managedIn(snapshot),
    services: services.sort((a, b) => (a.name < b.name ? -1 : 1)),
    replicas: runningCounts(desired?.replicas ?? {}, snapshot).filter(
      ({ wanted, running }) => wanted > 1 || running > 1,
    ),
    volumes: [...snapshot.volumes.keys()].sort(),
    ...(snapshot.swarm ? { nodes: nodesOf(snapshot, snapshot.swarm) } : {}),
    ...(olderVolumes ? { olderVolumes } : {}),
  };
}

function placeOf(info: ContainerInspectInfo, { nodes }: SwarmSnapshot): Partial<ServiceStatus> {
  const node = nodes.find(({ id }) => id === info.Config.Labels[label.node])?.name;
  const why = info.State.Running ? "" : info.State.Error;
  return { container: info.Name.slice(1), ...(node ? { node } : {}), ...(why ? { why } : {}) };
}

function nodesOf({ containers }: Snapshot, { nodes }: SwarmSnapshot): NodeStatus[] {
  const running = [...containers.values()].filter(({ State }) => State.Running);
  return nodes
    .map(({ id, host, away, memory: _, cores: __, ...node }) => ({
      ...node,
      host: host ?? null,
      containers: running.filter(({ Config }) => Config.Labels[label.node] === id).length,
      ...(away ? { away } : {}),
    }))
    .sort((a, b) => a.name.localeCompare(b.name));
}

/** The table for people. */
export function statusTable(report: StatusReport): string {
  if (!report.deployed) {
    const data = report.volumes.length ? ` Its data is there: ${report.volumes.join(", ")}.` : "";
    return `${report.environment} is not deployed.${data} Deploy it: pnpm deploy:${report.kind} --environment ${report.environment}\n`;
  }
  const rows = report.services.map(({ name, state, health, restarts, since, url }) => [
    name,
    state,
    health,
    String(restarts),
    since.slice(0, 19),
    url ?? "internal",
  ]);
  const managed = report.managedPostgres ? `, Postgres at ${report.managedPostgres} (managed)` : "";
  if (report.nodes) return swarmTable(report, report.nodes);
  const drawn = table(["service", "state", "health", "restarts", "since", "address"], rows);
  const counts = report.replicas.map(({ service, running, wanted }) => `${service}: ${running} of ${wanted} run\n`);
  const lock = report.lockedBy ? `Locked by ${report.lockedBy}\n` : "";
  return `${drawn}\n${counts.join("")}${report.environment} on ${report.host}, release ${report.release ?? "unknown"}, egress: ${report.egress}${managed}\n${lock}`;
}

function swarmTable(report: StatusReport, nodes: readonly NodeStatus[]) {
  const { services, environment, release, egress, lockedBy, olderVolumes = [] } = report;
  const machines = nodes.map(({ name, role, leader, state, availability, address, ingress, containers, away }) => [
    name,
    leader ? `${role}, leads` : role,
    away && state === "ready" ? `${state}, not reached from here` : state,
    availability,
    address,
    ingress ? "yes" : "",
    String(containers),
  ]);
  const rows = services.map(({ container, name, node, state, health, restarts, since, url, why }) => [
    ...[
      container ?? name,
      node ?? "none",
      why || state,
      health,
      String(restarts),
      since.slice(0, 19),
      url ?? "internal",
    ],
  ]);
  return [
    `${table(["machine", "role", "state", "availability", "address", "requests", "containers"], machines)}\n\n`,
    `${table(["container", "machine", "state", "health", "restarts", "since", "address"], rows)}\n`,
    `${environment} on a swarm of ${nodes.length} machines, release ${release ?? "unknown"}, egress: ${egress}\n`,
    ...olderVolumes.map((older) => `${olderVolumeLine(older)}\n`),
    lockedBy ? `Locked by ${lockedBy}\n` : "",
  ].join("");
}

/** By what its gateway was made with. */
function managedIn({ containers }: Snapshot): string | null {
  const gateway = [...containers.values()].find(isGateway);
  const value = (name: string) =>
    gateway?.Config.Env.find((line) => line.startsWith(`${name}=`))?.slice(name.length + 1);
  return gateway ? `${value("MANAGED_HOST")}:${value("MANAGED_PORT")}` : null;
}

/** It is let out to one server only. */
function isGateway(info: ContainerInspectInfo): boolean {
  return serviceOf(info) === "postgres" && info.Config.Env.some((line) => line.startsWith("MANAGED_HOST="));
}

/** Whether anything but what publishes ports is on a network that is not internal; one of no known stack counts as a way out. */
function liveEgress({ containers, networks }: Snapshot): "none" | "open" {
  const open = [...containers.values()].some(
    (info) =>
      Object.keys(info.HostConfig.PortBindings ?? {}).length === 0 &&
      !isGateway(info) &&
      Object.keys(info.NetworkSettings.Networks).some((name) => !networks.get(name)?.Internal),
  );
  return open ? "open" : "none";
}

/** The stack as it should be, as far as the environment's files are there to tell. */
async function desiredOf(target: Target): Promise<DesiredStack | undefined> {
  if (!existsSync(target.installation.envFile(target.environment.name))) return undefined;
  return await desiredStack(target, resolveProfile(target.environment, undefined));
}
