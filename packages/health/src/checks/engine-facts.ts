import type { CheckContext } from "./check.ts";
import { oncePerRound } from "./once-per-round.ts";

/** What the engine says of its host. */
export interface EngineFacts {
  readonly version: string;
  /** Where its data is, on the host. */
  readonly dataFolder: string;
  readonly cores: number;
  /** Bytes. */
  readonly memory: number;
  /** How far the host's clock is ahead of this machine's, ms; half of the time that the answer took is uncertain. */
  readonly clockOffset: number;
}

export function engineFacts(context: CheckContext): Promise<EngineFacts> {
  return oncePerRound(context, "engine", () => fetchFacts(context));
}

/** The time on the engine's host, ms since the epoch: what the times of containers and events are in. */
export async function hostTime(context: CheckContext): Promise<number> {
  return context.now() + (await engineFacts(context)).clockOffset;
}

async function fetchFacts({ engine, now }: CheckContext): Promise<EngineFacts> {
  const asked = now();
  const { ServerVersion, DockerRootDir, NCPU, MemTotal, SystemTime } = await engine.docker.info();
  const clockOffset = Date.parse(SystemTime) - (asked + now()) / 2;
  return { version: ServerVersion, dataFolder: DockerRootDir, cores: NCPU, memory: MemTotal, clockOffset };
}
