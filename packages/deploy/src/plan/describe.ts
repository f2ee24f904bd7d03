import type { ComposeModel } from "@understudy/compose";
import { replaceManner } from "../edge/replace-manner.ts";
import { isCounted, isRunner, type ResourceChange } from "../engine/changes.ts";
import { serviceReason } from "./service-reason.ts";

/** One thing that a deploy will do, as a person would say it. */
export interface PlanItem {
  readonly kind: ResourceChange["kind"];
  readonly name: string;
  readonly action: ResourceChange["operation"] | "start";
  /** What differs, e.g. `image 2.40.7 → 2.41.1`. */
  readonly because: readonly string[];
  /** Seconds that the service is expected to be away; 0 when it is not running now. */
  readonly downSeconds: number | undefined;
}

/** What the engine found, completed by what it does not see. */
export interface Observations {
  readonly changes: readonly ResourceChange[];
  /** Services whose container is there but does not run. */
  readonly stopped: ReadonlySet<string>;
  /** Services that run now, so that replacing them is felt. */
  readonly running: ReadonlySet<string>;
  /** Seconds that each service took to become healthy last time. */
  readonly secondsToHealthy: Readonly<Record<string, number>>;
  /** Names of environment variables that differ, per service: values are never shown. */
  readonly changedVariables: Readonly<Record<string, readonly string[]>>;
}

/** Words for the properties of a container. */
const propertyNames: Readonly<Record<string, string>> = {
  command: "command",
  cpus: "CPU limit",
  entrypoints: "entrypoint",
  healthcheck: "health check",
  labels: "labels",
  logDriver: "log driver",
  logOpts: "log options",
  memory: "memory limit",
  memorySwap: "memory limit",
  mustRun: "must run",
  networksAdvanced: "networks",
  ports: "ports",
  restart: "restart policy",
  uploads: "configuration files",
  user: "user",
  volumes: "volumes",
};

const alwaysDiffer = ["labels", "mounts", "networkMode"];

/** The plan, in the order of the compose files. Image records are told with the container that uses them. Pure. */
export function describePlan(model: ComposeModel, seen: Observations): PlanItem[] {
  const order = [...Object.keys(model.networks), ...Object.keys(model.volumes), ...Object.keys(model.services)];
  const rank = (name: string) => (order.includes(name) ? order.indexOf(name) : order.length);
  const items = seen.changes.filter(({ kind }) => isCounted(kind)).map((change) => describeChange(model, change, seen));
  const planned = new Set(items.filter(({ kind }) => kind === "container").map(({ name }) => name));
  const starts = [...seen.stopped]
    .filter((name) => !planned.has(name))
    .map(
      (name): PlanItem => ({ kind: "container", name, action: "start", because: ["it is stopped"], downSeconds: 0 }),
    );
  return [...items, ...starts].sort((a, b) => rank(a.name) - rank(b.name));
}

/** One line of the plan: `n8n: image 2.40.7 → 2.41.1, container replaced, ~10 s down`. */
export function planLine(item: PlanItem): string {
  const done = {
    create: "created",
    update: "changed in place",
    replace: "replaced",
    delete: "removed",
    start: "started",
  }[item.action];
  const down =
    item.downSeconds === undefined ? ["briefly down"] : item.downSeconds > 0 ? [`~${item.downSeconds} s down`] : [];
  return `${item.name}: ${[...item.because, `${item.kind} ${done}`, ...down].join(", ")}`;
}

function describeChange(model: ComposeModel, change: ResourceChange, seen: Observations): PlanItem {
  const { kind, name, operation } = change;
  const felt = seen.running.has(name) && isFelt(model, change);
  return {
    kind,
    name,
    action: operation,
    because: operation === "replace" || operation === "update" ? reasons(model, change, seen) : [],
    downSeconds: felt ? roundUp(seen.secondsToHealthy[name]) : 0,
  };
}

/** Whether something does not serve for a while: a container that is made anew, a service of a swarm that stops before it starts. */
function isFelt({ services }: ComposeModel, { kind, name, operation }: ResourceChange): boolean {
  if (kind === "service" && operation === "update") {
    const service = services[name];
    return service !== undefined && replaceManner(service) === "hold";
  }
  return isRunner(kind) && (operation === "replace" || operation === "delete");
}

function reasons(model: ComposeModel, { kind, name, properties }: ResourceChange, seen: Observations): string[] {
  if (kind === "container" && properties.length === 0) return replacedNetworks(model, name, seen);
  const said = properties.map(({ property, from, to }) => {
    if (kind === "service") return serviceReason(property);
    if (kind === "container" && property === "image") return imageReason(name, seen);
    if (property === "envs") {
      const names = seen.changedVariables[name] ?? [];
      return names.length ? `environment (${names.join(", ")})` : "environment";
    }
    const word = propertyNames[property] ?? property;
    return from !== undefined && to !== undefined && from !== to ? `${word} ${from} → ${to}` : word;
  });
  const distinct = [...new Set(said)];
  // A label always differs with whatever else does, and so does what Docker Compose made of an adopted container; alone they are
  // reasons worth telling.
  const telling = distinct.filter((reason) => !alwaysDiffer.some((property) => reason.startsWith(property)));
  return telling.length ? telling : distinct;
}

/** A container goes with its network, for no property of its own. */
function replacedNetworks(model: ComposeModel, service: string, { changes }: Observations): string[] {
  return changes
    .filter(({ kind, name, operation }) => kind === "network" && operation === "replace" && isOn(model, service, name))
    .map(({ name }) => `network ${name} replaced`);
}

function isOn(model: ComposeModel, service: string, network: string): boolean {
  return network in (model.services[service]?.networks ?? {});
}

function imageReason(name: string, seen: Observations): string {
  const record = seen.changes.find((change) => change.kind === "image" && change.name === name);
  const reference = record?.properties.find(({ property }) => property === "name");
  if (!reference?.from || !reference.to || reference.from === reference.to) return "image rebuilt under the same name";
  const [from, to] = [reference.from, reference.to].map((text) => text.split(/:(?=[^/]*$)/));
  return from?.[0] === to?.[0] ? `image ${from?.[1]} → ${to?.[1]}` : `image ${reference.from} → ${reference.to}`;
}

function roundUp(seconds: number | undefined): number | undefined {
  return seconds === undefined ? undefined : Math.max(1, Math.round(seconds));
}
