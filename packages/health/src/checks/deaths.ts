import type { ContainerInspectInfo } from "@understudy/core";
import type { CheckContext } from "./check.ts";
import { hostTime } from "./engine-facts.ts";
import { oncePerRound } from "./once-per-round.ts";

/** How a container's processes ended lately. */
export interface Deaths {
  /** One of them was killed for lack of memory. */
  readonly outOfMemory: boolean;
  /** Of the last time that the container ended. */
  readonly exitCode: number | undefined;
}

interface Event {
  readonly Action: string;
  readonly Actor: { readonly ID: string; readonly Attributes: { readonly exitCode?: string } };
}

/**
 * What the engine's events of the last `within` ms tell of a container. The engine keeps its last 256 events, a minute or
 * two of a stack whose health tests run in containers, so this shows the newest only; older restarts are counted by the
 * container itself.
 */
export async function recentDeaths(
  context: CheckContext,
  { Id }: ContainerInspectInfo,
  within: number,
): Promise<Deaths> {
  const events = await oncePerRound(context, "deaths", () => fetchEvents(context, within));
  const own = events.filter(({ Actor }) => Actor.ID === Id);
  const exitCode = own.findLast(({ Action }) => Action === "die")?.Actor.Attributes.exitCode;
  return {
    outOfMemory: own.some(({ Action }) => Action === "oom"),
    exitCode: exitCode === undefined ? undefined : Number(exitCode),
  };
}

async function fetchEvents(context: CheckContext, within: number): Promise<Event[]> {
  const { engine, containers } = context;
  // By the host's clock: the engine would wait for a time that lies ahead of it.
  const now = Math.floor((await hostTime(context)) / 1_000);
  const stream = await engine.docker.getEvents({
    since: now - within / 1_000,
    until: now,
    filters: { container: [...containers.values()].map(({ Id }) => Id), event: ["die", "oom"] },
  });
  const text = Buffer.concat(await Array.fromAsync(stream as AsyncIterable<Buffer>)).toString("utf8");
  return text
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Event);
}
