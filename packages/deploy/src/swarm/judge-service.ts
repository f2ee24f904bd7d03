import type { FleetNode, Labels, SwarmService, SwarmTask } from "@understudy/core";
import { pinOf } from "@understudy/core";

/** How far a service of a swarm is. */
export type Verdict =
  | { readonly is: "healthy"; readonly since: string }
  /** All of it is, and the swarm still watches for a while whether it stays. */
  | { readonly is: "serving"; readonly since: string }
  | { readonly is: "waiting"; readonly why: string }
  | { readonly is: "failed"; readonly why: string; readonly container: string | undefined };

export interface ServiceQuestion {
  readonly service: SwarmService | undefined;
  readonly tasks: readonly SwarmTask[];
  readonly nodes: readonly FleetNode[];
  /** Whether it, or a task of it, is as it was last said; when it is not, the swarm has gone back to the version before. */
  readonly asSaid: (labels: Labels | undefined) => boolean;
}

/** One that ended so often from the start will not come up. */
const hopeless = 4;

/** Whether a service runs as it was last said, all of it, healthy: a task of Swarm runs only once its own health test was content. Pure. */
export function judgeService({ service, tasks, nodes, asSaid }: ServiceQuestion): Verdict {
  if (!service) return { is: "waiting", why: "it is not made yet" };
  const own = tasks.filter(({ ServiceID }) => ServiceID === service.ID);
  const wanted = own.filter(({ DesiredState }) => DesiredState === "running" || DesiredState === "ready");
  const ended = own.filter(({ Status }) => Status.State === "failed" || Status.State === "rejected");
  // One that was found unhealthy and then stopped well says nothing of it.
  const complete = own.filter(({ Status }) => Status.State === "complete");
  const last = [...ended, ...complete].toSorted((a, b) => b.CreatedAt.localeCompare(a.CreatedAt))[0];
  const failed = (why: string): Verdict => {
    const container = last?.Status.ContainerStatus?.ContainerID || undefined;
    const where = nodes.find(({ id }) => id === last?.NodeID)?.name;
    const words = last && (last.Status.Err || "a container of it ended, or was found unhealthy");
    const cause = words && `${words}${where ? ` (on ${where})` : ""}`;
    return { is: "failed", why: cause ? `${why}: ${cause}` : why, container };
  };
  const { State: update = "", Message = "" } = service.UpdateStatus ?? {};
  if (!asSaid(service.Spec.Labels)) {
    if (update === "rollback_started") return { is: "waiting", why: "the version before has not come back yet" };
    if (update === "rollback_paused") return failed(`it did not come up, nor did the version before (${Message})`);
    return failed("it did not come up, and the swarm went back to the version before");
  }
  if (update === "paused") return failed(`its update was paused (${Message})`);
  const lost = lostMachine(service, nodes);
  if (lost) {
    const why = `its data is on ${lost.name}, which is ${lost.state}. Bring that machine back; or, if it is lost, restore the last backup on another: docs/swarm.md`;
    return { is: "failed", why, container: undefined };
  }
  const expected = service.Spec.Mode.Replicated ? (service.Spec.Mode.Replicated.Replicas ?? 1) : 1;
  const running = wanted.filter(({ Status }) => Status.State === "running");
  if (running.length === wanted.length && running.length >= expected) {
    const starts = running.map(({ Status }) => Status.Timestamp ?? service.UpdatedAt).sort();
    const since = starts.at(-1) ?? service.UpdatedAt;
    if (update !== "updating") return { is: "healthy", since };
    if (running.every(({ Spec }) => asSaid(Spec?.ContainerSpec.Labels))) return { is: "serving", since };
  }
  if (update !== "updating" && ended.length >= hopeless) return failed("it keeps ending");
  const pending = wanted.find(({ Status }) => Status.State === "pending" && Status.Err);
  return { is: "waiting", why: pending?.Status.Err ?? `${running.length} of ${Math.max(expected, wanted.length)} run` };
}

/** The machine that a service must run on, when that is not there. */
function lostMachine({ Spec }: SwarmService, nodes: readonly FleetNode[]): FleetNode | undefined {
  const pin = pinOf(Spec);
  return nodes.find(({ id, state }) => id === pin && state !== "ready");
}
