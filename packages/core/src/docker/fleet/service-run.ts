import { setTimeout as sleep } from "node:timers/promises";
import { messageOf } from "../../errors.ts";
import { type ServiceSpec, type SwarmService, type SwarmTask, taskLabel } from "./api.ts";
import type { Fleet } from "./fleet.ts";
import { type Seen, stoppedLabel } from "./view.ts";

/** How long tasks may take to begin or end, ms. */
const patience = 120_000;

/** How long a service may take to make its containers anew, one after another, each once the one before is healthy; ms. */
const rollingPatience = 1_800_000;

/** No node has this: a global service with this constraint runs nowhere. */
const nowhere = "node.id == stopped";

/** Have no container of a service any more, until it is started. @returns whether it ran */
export async function stopService(fleet: Fleet, id: string): Promise<boolean> {
  const changed = await change(fleet, id, stopped);
  await until(fleet, id, patience, (tasks) => tasks.every(isOver));
  return changed;
}

/** Have as many containers of a service as before it was stopped. @returns whether it was stopped */
export async function startService(fleet: Fleet, id: string): Promise<boolean> {
  if (!(await change(fleet, id, started))) return false;
  await until(fleet, id, patience, (_, containers) => containers.every(runs));
  return true;
}

/** Make a service's containers anew, as its own update does. */
export async function forceUpdate(fleet: Fleet, id: string): Promise<void> {
  const before = await tasksOf(fleet, id);
  const old = new Set(before.map(({ ID }) => ID));
  await change(fleet, id, (spec) => ({
    ...spec,
    TaskTemplate: { ...spec.TaskTemplate, ForceUpdate: (spec.TaskTemplate.ForceUpdate ?? 0) + 1 },
  }));
  await until(fleet, id, rollingPatience, (tasks, containers) => {
    return containers.every(runs) && tasks.every((task) => !old.has(task.ID) || isOver(task));
  });
}

/** Remove a service, and wait until its containers are gone: before that its volumes and networks cannot be removed. */
export async function removeService(fleet: Fleet, { ID }: SwarmService): Promise<void> {
  await fleet.askManager(`/services/${ID}`, { method: "DELETE" });
  const deadline = performance.now() + patience;
  while ((await fleet.containers()).some(({ listed }) => listed?.Labels[taskLabel.service] === ID)) {
    if (performance.now() > deadline) throw new Error(`the containers of service ${ID} do not end`);
    await sleep(300);
  }
}

/** A service's specification as it is stopped; undefined when it is. Pure. */
export function stopped(spec: ServiceSpec): ServiceSpec | undefined {
  if (spec.Labels?.[stoppedLabel] !== undefined) return undefined;
  const { Replicated } = spec.Mode;
  const Labels = { ...spec.Labels, [stoppedLabel]: String(Replicated?.Replicas ?? 1) };
  if (Replicated) return { ...spec, Labels, Mode: { Replicated: { Replicas: 0 } } };
  const { Placement = {} } = spec.TaskTemplate;
  const Constraints = [...(Placement.Constraints ?? []), nowhere];
  return { ...spec, Labels, TaskTemplate: { ...spec.TaskTemplate, Placement: { ...Placement, Constraints } } };
}

/** A service's specification as it was before it was stopped; undefined when it was not. Pure. */
export function started(spec: ServiceSpec): ServiceSpec | undefined {
  const { [stoppedLabel]: replicas, ...Labels } = spec.Labels ?? {};
  if (replicas === undefined) return undefined;
  if (spec.Mode.Replicated) return { ...spec, Labels, Mode: { Replicated: { Replicas: Number(replicas) } } };
  const { Placement = {} } = spec.TaskTemplate;
  const Constraints = (Placement.Constraints ?? []).filter((one) => one !== nowhere);
  return { ...spec, Labels, TaskTemplate: { ...spec.TaskTemplate, Placement: { ...Placement, Constraints } } };
}

/** Change a service as it is at that moment: somebody else may change it at the same time. @returns whether there was anything to change */
export async function change(
  fleet: Fleet,
  id: string,
  to: (spec: ServiceSpec) => ServiceSpec | undefined,
): Promise<boolean> {
  for (let attempt = 1; ; attempt++) {
    const { Version, Spec } = await fleet.askManager<SwarmService>(`/services/${id}`);
    const body = to(Spec);
    if (!body) return false;
    try {
      await fleet.askManager(`/services/${id}/update?version=${Version.Index}`, { method: "POST", body });
      return true;
    } catch (error) {
      if (attempt >= 5 || !/update out of sequence/.test(messageOf(error))) throw error;
      await sleep(100 * attempt);
    }
  }
}

type IsSo = (tasks: readonly SwarmTask[], containers: readonly Seen[]) => boolean;

async function until(fleet: Fleet, id: string, longest: number, isSo: IsSo): Promise<void> {
  const deadline = performance.now() + longest;
  for (;;) {
    const [tasks, all] = await Promise.all([tasksOf(fleet, id), fleet.containers()]);
    const own = all.filter(({ place }) => place?.service.ID === id);
    if (isSo(tasks, own)) return;
    const failed = tasks.find(({ Status }) => Status.Err);
    if (performance.now() > deadline) {
      const why = failed ? `: ${failed.Status.Err}` : "";
      throw new Error(`the swarm does not get there within ${longest / 1_000} s${why}`);
    }
    await sleep(250);
  }
}

async function tasksOf(fleet: Fleet, id: string): Promise<SwarmTask[]> {
  const filters = encodeURIComponent(JSON.stringify({ service: [id] }));
  return await fleet.askManager<SwarmTask[]>(`/tasks?filters=${filters}`);
}

/** Whether it is healthy is another question. */
function runs({ listed }: Seen): boolean {
  return listed?.State === "running";
}

const over = ["complete", "shutdown", "failed", "rejected", "remove", "orphaned"];

function isOver({ Status }: SwarmTask): boolean {
  return over.includes(Status.State);
}
