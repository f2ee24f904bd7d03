import { UserError } from "@understudy/core";
import type { CheckContext } from "./check.ts";
import { oncePerRound } from "./once-per-round.ts";

/** What the engine counts of a container now, without waiting for a second sample. @throws UserError when it has ended. */
export async function takeStats({ engine, containers }: CheckContext, service: string) {
  const container = engine.docker.getContainer(containers.get(service)?.Id ?? "");
  const stats = await container.stats({ stream: false, "one-shot": true });
  if (!stats.memory_stats.limit) throw new UserError(`${service} has ended`);
  return stats;
}

/** As `takeStats`, for all that looks at a container in one round. */
export function containerStats(context: CheckContext, service: string) {
  return oncePerRound(context, `stats of ${service}`, () => takeStats(context, service));
}
