import { type Engine, isGone, statusOf } from "./engine.ts";

/**
 * A container's part of the processors where they do not suffice for all: Docker's CPU shares. One that nobody waits
 * for, since another serves or it is only tried, has time; one that requests wait for has none.
 */
export const weights = { patient: 256, usual: 1_024, urgent: 8_192 } as const;

/** Give a container its part, from now on. An engine that cannot is no reason not to go on: it only takes longer. */
export async function weigh(engine: Engine, container: string, weight: keyof typeof weights): Promise<void> {
  try {
    await engine.docker.getContainer(container).update({ CpuShares: weights[weight] });
  } catch (error) {
    // 400, 500: it has no such control group, or none at all.
    if (!isGone(error) && statusOf(error) === undefined) throw error;
  }
}
