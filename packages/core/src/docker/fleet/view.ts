import { isDeepStrictEqual } from "node:util";
import { label } from "../labels.ts";
import { type Labels, type ListedContainer, type SwarmService, type SwarmTask, taskLabel } from "./api.ts";

/** A container as one engine would have it: of a service, under the service's name; or one of our own. */
export interface Seen {
  readonly id: string;
  /** Without slash. */
  readonly name: string;
  /** Node ID of the machine that it is on; undefined: it is on none, its service does not run. */
  readonly node: string | undefined;
  /** The place in its service that it has; undefined: it belongs to none. */
  readonly place: Place | undefined;
  /** As its machine lists it; undefined where there is none. */
  readonly listed: ListedContainer | undefined;
  /** Of a service, and another one has its place by now: it is not listed. */
  readonly past?: boolean;
}

/** One of a service's containers, whichever it is at the moment. */
export interface Place {
  readonly service: SwarmService;
  /** `1`, `2`, … of a replicated service; of a global one, the node's ID. */
  readonly slot: string;
  /** The task that has the place now, and those that had it before. */
  readonly task: SwarmTask | undefined;
  readonly earlier: readonly SwarmTask[];
}

export interface Listing {
  readonly node: string;
  readonly containers: readonly ListedContainer[];
}

/** Label that says why a service does not run though it should: how many containers it has when it does. */
export const stoppedLabel = "understudy.stopped";

/**
 * Everything of a swarm as one engine would list it: a service's containers have its name (`app`, `app-2`, …), of several that had the
 * same place the newest counts, and a service without any is one that stands still. Pure.
 */
export function viewOf(
  services: readonly SwarmService[],
  tasks: readonly SwarmTask[],
  listings: readonly Listing[],
): Seen[] {
  const everywhere = listings.flatMap(({ node, containers }) => containers.map((listed) => ({ node, listed })));
  const byTask = new Map(everywhere.map((one) => [one.listed.Labels[taskLabel.task], one]));
  const placed = services.flatMap((service) =>
    placesOf(service, tasks).map((place, index): Seen => {
      const name = index === 0 ? service.Spec.Name : `${service.Spec.Name}-${index + 1}`;
      const found = byTask.get(place.task?.ID ?? "");
      const id = found?.listed.Id ?? standIn(service, place.slot);
      return { id, name, node: found?.node, place, listed: found?.listed };
    }),
  );
  const known = new Set(placed.map(({ id }) => id));
  const others = everywhere
    .filter(({ listed }) => !known.has(listed.Id))
    .map(({ node, listed }): Seen => {
      const name = listed.Names[0]?.replace(/^\//, "") ?? listed.Id;
      return { id: listed.Id, name, node, place: undefined, listed, past: listed.Labels[taskLabel.task] !== undefined };
    });
  return [...placed, ...others];
}

/** The id that stands for a place without a container. */
export function standIn({ ID }: SwarmService, slot: string): string {
  return `${ID}.${slot}`;
}

function placesOf(service: SwarmService, tasks: readonly SwarmTask[]): Place[] {
  const own = tasks.filter(({ ServiceID }) => ServiceID === service.ID);
  const slots = Map.groupBy(own, (task) => (task.Slot ? String(task.Slot) : (task.NodeID ?? "1")));
  const alive = [...slots]
    .map(([slot, those]): Place => {
      const [task, ...earlier] = those.toSorted(newestFirst);
      return { service, slot, task, earlier };
    })
    // Of a place that is no longer wanted only the history is left.
    .filter(({ task }) => task && isWanted(task));
  if (alive.length === 0) {
    const [task, ...earlier] = own.toSorted(newestFirst);
    return [{ service, slot: "1", task, earlier }];
  }
  return alive.sort((a, b) => a.slot.localeCompare(b.slot, "en", { numeric: true }));
}

/** One that is to run comes before one that is to end, and then the newest. */
function newestFirst(a: SwarmTask, b: SwarmTask): number {
  return Number(isWanted(b)) - Number(isWanted(a)) || b.CreatedAt.localeCompare(a.CreatedAt);
}

function isWanted({ DesiredState }: SwarmTask): boolean {
  return DesiredState === "running" || DesiredState === "ready" || DesiredState === "accepted";
}

/** How often a place's container ended by itself and was made anew, since its service was changed last. */
export function restartsOf({ task, earlier }: Place): number {
  const other = earlier.findIndex(({ Spec }) => !isDeepStrictEqual(Spec, task?.Spec));
  const alike = other < 0 ? earlier : earlier.slice(0, other);
  return alike.filter(({ Status }) => ["failed", "rejected", "complete"].includes(Status.State)).length;
}

/** Why a place has no running container, in the swarm's words. */
export function whyNot({ service, task }: Place): string {
  if (service.Spec.Labels?.[stoppedLabel] !== undefined) return "stopped";
  if (!task) return "no machine has taken it yet";
  const { State, Err, Message } = task.Status;
  return Err ? `${State}: ${Err}` : `${State}${Message ? `: ${Message}` : ""}`;
}

/** A line of the list for what has no container. */
function listedStandIn(id: string, name: string, place: Place): ListedContainer {
  const { Spec, CreatedAt } = place.service;
  const { Image } = Spec.TaskTemplate.ContainerSpec;
  return {
    ...{ Id: id, Names: [`/${name}`], Image, ImageID: Image, Created: Math.floor(Date.parse(CreatedAt) / 1_000) },
    ...{ State: "exited", Status: whyNot(place), Labels: labelsOf(Spec), Ports: [], Mounts: [] },
    NetworkSettings: { Networks: {} },
  };
}

/** The labels that the containers of a service have. */
export function labelsOf({ Labels = {}, TaskTemplate }: SwarmService["Spec"]): Labels {
  const { [stoppedLabel]: _, ...own } = Labels;
  return { ...TaskTemplate.ContainerSpec.Labels, ...own };
}

/** A line of the list as it is shown: under the service's name, with its machine. */
export function listedAs({ id, name, node, place, listed }: Seen): ListedContainer {
  if (listed)
    return { ...listed, Names: [`/${name}`], Labels: { ...listed.Labels, ...(node ? { [label.node]: node } : {}) } };
  if (place) return listedStandIn(id, name, place);
  throw new Error(`${name} is neither a container nor a service's`);
}

/** Whether a container is meant by an id, the beginning of one, or a name. */
export function isMeant({ id, name }: Seen, reference: string): boolean {
  const plain = reference.replace(/^\//, "");
  return id === plain || name === plain || (plain.length >= 12 && id.startsWith(plain));
}

/** Docker's list filters, as far as they are known here. @throws for others, which would be ignored in silence */
export function filtered(all: readonly Seen[], filters: Filters): Seen[] {
  const known = ["label", "name", "id", "status"];
  const other = Object.keys(filters).find((name) => !known.includes(name));
  if (other) throw Object.assign(new Error(`a swarm's containers cannot be listed by ${other}`), { statusCode: 400 });
  const { label: labels = [], name: names = [], id: ids = [], status: states = [] } = filters;
  return all.filter((seen) => {
    const line = listedAs(seen);
    return (
      labels.every((wanted) => hasLabel(line.Labels, wanted)) &&
      (names.length === 0 || names.some((name) => new RegExp(name).test(`/${seen.name}`))) &&
      (ids.length === 0 || ids.some((id) => seen.id.startsWith(id))) &&
      (states.length === 0 || states.includes(line.State))
    );
  });
}

export type Filters = Readonly<Record<string, readonly string[]>>;

/** The `filters` of a query: lists, or, as older clients write them, maps to true. */
export function readFilters(text: string | null): Filters {
  const said = JSON.parse(text || "{}") as Record<string, readonly string[] | Record<string, boolean>>;
  return Object.fromEntries(
    Object.entries(said).map(([name, values]) => [name, Array.isArray(values) ? values : Object.keys(values)]),
  );
}

/** Whether labels meet a filter: `name`, or `name=value`. */
export function hasLabel(labels: Labels, wanted: string): boolean {
  const [name = "", value] = wanted.split(/=(.*)/s, 2);
  return name in labels && (value === undefined || labels[name] === value);
}
