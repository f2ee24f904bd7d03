import type { DesiredStack } from "@understudy/environment";
import { endpoints } from "@understudy/environment";
import { edgeService } from "../edge/limits.ts";
import { planTurnovers } from "../edge/plan-turnovers.ts";
import type { ReplaceManner } from "../edge/replace-manner.ts";
import { isRunner } from "../engine/changes.ts";
import type { PlanItem } from "../plan/describe.ts";

/** What requests of a service will go through at the edge. */
export interface ExpectedWait {
  readonly service: string;
  readonly manner: ReplaceManner;
  /** About how long they wait, by how long services took last time; 0 where another one serves meanwhile. */
  readonly seconds: number;
}

/** What a plan means for requests to a stack that runs: nothing where no edge stands before it. Pure. */
export function expectedWaits(
  { model, environment }: DesiredStack,
  items: readonly PlanItem[],
  running: readonly string[],
): ExpectedWait[] {
  if (!running.includes(edgeService)) return [];
  const changed = items.filter(({ kind, action }) => isRunner(kind) && action !== "delete");
  const served = endpoints(model, environment.host).map(({ service }) => service);
  const replaced = changed.map(({ name }) => name);
  return planTurnovers(model, replaced, { served, bridged: [], running }).map((turnover) => {
    const downs = changed.filter(({ name }) => turnover.replaced.includes(name)).map((item) => item.downSeconds ?? 0);
    const seconds = turnover.manner === "overlap" ? 0 : downs.reduce((sum, one) => sum + one, 0);
    return { service: turnover.service, manner: turnover.manner, seconds };
  });
}
