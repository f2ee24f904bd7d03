import { replicaLabel } from "@understudy/compose";
import { type Replicas, type Snapshot, serviceOf } from "@understudy/environment";

/** How many containers of a service run, of those that are to. */
export interface RunningCount {
  readonly service: string;
  readonly running: number;
  readonly wanted: number;
}

/** By service of the compose files, in their order. Pure. */
export function runningCounts(replicas: Replicas, { containers }: Snapshot): RunningCount[] {
  const running = [...containers.values()]
    .filter(({ State }) => State.Running && !State.Paused)
    .map((info) => info.Config.Labels[replicaLabel] ?? serviceOf(info));
  return Object.entries(replicas).map(([service, wanted]) => ({
    service,
    running: running.filter((name) => name === service).length,
    wanted,
  }));
}
