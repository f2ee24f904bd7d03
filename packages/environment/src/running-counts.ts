import { replicaLabel } from "@understudy/compose";
import { label } from "@understudy/core";
import type { Replicas } from "./scale.ts";
import { type Snapshot, type SwarmSnapshot, serviceOf } from "./snapshot.ts";

/** How many containers of a service run, of those that are to. */
export interface RunningCount {
  readonly service: string;
  readonly running: number;
  readonly wanted: number;
}

/** By service of the compose files, in their order. Pure. */
export function runningCounts(replicas: Replicas, { containers, swarm }: Snapshot): RunningCount[] {
  const running = [...containers.values()]
    .filter(({ State }) => State.Running && !State.Paused)
    .map((info) => info.Config.Labels[replicaLabel] ?? serviceOf(info));
  return Object.entries(replicas).map(([service, wanted]) => ({
    service,
    running: running.filter((name) => name === service).length,
    wanted: (swarm && everywhere(service, swarm)) || wanted,
  }));
}

/** Of a service that a swarm runs on each machine that is fit for it: how many that are. */
function everywhere(name: string, { services, tasks }: SwarmSnapshot): number | undefined {
  const service = [...services.values()].find(({ Spec }) => Spec.Labels?.[label.service] === name);
  if (!service?.Spec.Mode.Global) return undefined;
  return tasks.filter(({ ServiceID, DesiredState }) => ServiceID === service.ID && DesiredState === "running").length;
}
