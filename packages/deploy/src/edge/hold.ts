import { setInterval } from "node:timers/promises";
import { awaitQuiet } from "./await-quiet.ts";
import type { Edge } from "./edge.ts";

export interface HoldLimits {
  /** How long requests wait at most; ms. When it is over they go on, whatever is there by then. */
  readonly hold: number;
  /** How much of that is given to the requests that the service works on; ms. */
  readonly drain: number;
}

export interface Held {
  /** How long the edge let requests wait; ms. */
  readonly held: number;
  /** Requests that the service still worked on when their time was over. */
  readonly leftOver: number;
}

/**
 * Do something while a service gets no requests: those that it works on are waited for, new ones wait at the edge and go
 * on afterwards, in their order. Nothing of a request has been sent before it goes on, so none is done twice. When this
 * process dies, the edge goes on by itself at the limit.
 */
export async function withHeld(
  edge: Edge,
  service: string,
  limits: HoldLimits,
  work: () => Promise<void>,
): Promise<Held> {
  const began = performance.now();
  await edge.hold(service, limits.hold);
  try {
    const leftOver = await awaitQuiet(() => edge.inFlight(service), limits.drain);
    await work();
    return { held: Math.min(Math.round(performance.now() - began), limits.hold), leftOver };
  } finally {
    await edge.release(service);
  }
}

/**
 * Do something while a service that is not up yet gets no requests, however long it takes. When this process dies, the edge goes on by
 * itself at the limit.
 * @param limit ms, from the last sign of life of this process
 */
export async function whileHeld(edge: Edge, service: string, limit: number, work: () => Promise<void>): Promise<void> {
  const ended = new AbortController();
  await edge.hold(service, limit);
  const renewals = renew(edge, service, limit, ended.signal);
  try {
    await work();
  } finally {
    ended.abort();
    await renewals;
    await edge.release(service);
  }
}

async function renew(edge: Edge, service: string, limit: number, signal: AbortSignal): Promise<void> {
  try {
    for await (const _ of setInterval(limit / 3, undefined, { signal })) await edge.hold(service, limit);
  } catch {
    // Ended, or the edge is lost, which the release tells.
  }
}
