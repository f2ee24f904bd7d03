import { existsSync } from "node:fs";
import { type ContainerInspectInfo, connectEngine, describeHolder, label, readFact, table } from "@understudy/core";
import {
  chooseTarget,
  describeState,
  desiredStack,
  type EnvironmentChoice,
  endpoints,
  resolveProfile,
  type Snapshot,
  serviceOf,
  type Target,
  takeSnapshot,
} from "@understudy/environment";

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
  readonly volumes: readonly string[];
}

/** Look at an environment's stack. Changes nothing. */
export async function status(choice: EnvironmentChoice): Promise<StatusReport> {
  const target = chooseTarget(choice);
  const { environment, installation } = target;
  await using engine = await connectEngine(environment.host, environment.sshOptions);
  const [snapshot, holder, urls] = await Promise.all([
    takeSnapshot(engine, environment.stackName),
    describeHolder(engine, environment.stackName),
    urlsOf(target),
  ]);
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
    volumes: [...snapshot.volumes.keys()].sort(),
  };
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
  const drawn = table(["service", "state", "health", "restarts", "since", "address"], rows);
  const lock = report.lockedBy ? `Locked by ${report.lockedBy}\n` : "";
  return `${drawn}\n${report.environment} on ${report.host}, release ${report.release ?? "unknown"}, egress: ${report.egress}${managed}\n${lock}`;
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

/** Addresses by service, as far as the environment's files are there to tell them. */
async function urlsOf(target: Target): Promise<Map<string, string>> {
  if (!existsSync(target.installation.envFile(target.environment.name))) return new Map();
  const { model } = await desiredStack(target, resolveProfile(target.environment, undefined));
  return new Map(endpoints(model, target.environment.host).map(({ service, url }) => [service, url]));
}
