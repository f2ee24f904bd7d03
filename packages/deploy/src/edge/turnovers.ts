import { type Engine, UserError, weigh, type weights } from "@understudy/core";
import { containerName } from "@understudy/stacks/names";
import type { ServiceHealthWait } from "../healthy/when-healthy.ts";
import { awaitQuiet } from "./await-quiet.ts";
import { bridgeOf } from "./bridged-model.ts";
import type { Edge } from "./edge.ts";
import { type HoldLimits, withHeld } from "./hold.ts";
import { withBridge } from "./overlap.ts";
import type { Turnover } from "./plan-turnovers.ts";
import type { ReplaceManner } from "./replace-manner.ts";

export interface TurnoversOptions {
  readonly engine: Engine;
  readonly edge: Edge;
  /** The service whose container the edge is. */
  readonly edgeService: string;
  readonly stackName: string;
  readonly planned: readonly Turnover[];
  readonly limits: TurnoverLimits;
  readonly whenHealthy: WhenHealthy;
  /** What is still to be done with a service that is healthy, before requests reach it. */
  readonly ready?: ((service: string) => Promise<void>) | undefined;
}

/** Resolves once a service can take requests. @throws Unhealthy when it does not come up in time, or never will */
export type WhenHealthy = (wait: ServiceHealthWait) => Promise<unknown>;

export interface TurnoverLimits {
  readonly hold: HoldLimits;
  /** How long connections of a container that goes are waited for in an overlap; ms. */
  readonly drain: number;
  /** How long a new container may take to become healthy; ms. */
  readonly healthy: number;
}

export interface TurnoverReport {
  readonly service: string;
  readonly manner: ReplaceManner;
  /** How long requests waited at the edge; ms, 0 for an overlap. */
  readonly held: number;
  /** When requests began to reach the new version, in an overlap that of its bridge; ms since this process began. */
  readonly served: number;
  /** Requests, or connections in an overlap, that were still under way when their time was over. */
  readonly leftOver: number;
}

/** A turnover that has begun. */
interface Course {
  /** The bridge of an overlap serves; at once for a hold. */
  readonly bridged: PromiseWithResolvers<void>;
  /** Containers may be replaced. */
  readonly ready: PromiseWithResolvers<void>;
  readonly ended: Promise<TurnoverReport>;
}

/**
 * The edge's part while the engine replaces containers: ahead of each, `before` turns the requests of the services that
 * need it away from it; `after` it, once it is healthy, they come back by themselves. One is made for one run of the engine.
 *
 * First all bridges boot, and serve; then those whose requests wait are replaced, until no request waits any more; then
 * those that a bridge serves. So nothing boots beside what is waited for, and everybody is served by the new version
 * before the longest part begins.
 */
export class Turnovers {
  readonly #options: TurnoversOptions;
  readonly #begun = new Map<string, Course>();
  /** By service: resolved once the engine has done with its container. */
  readonly #placed = new Map<string, PromiseWithResolvers<void>>();
  readonly #failed = new AbortController();

  constructor(options: TurnoversOptions) {
    this.#options = options;
  }

  /** Resolves once a service's container may be replaced. For the edge's own that is when all others serve again. */
  async before(service: string): Promise<void> {
    if (service === this.#options.edgeService) await this.#all(() => true);
    const touched = this.#options.planned.filter(({ replaced }) => replaced.includes(service));
    await Promise.all(touched.map((turnover) => this.#begin(turnover).ready.promise));
  }

  /** The engine has made a service's container, or left the one that there is. */
  after(service: string): void {
    this.#placing(service).resolve();
  }

  /** Resolves once every service serves again. @throws Unhealthy for one that does not */
  async finish(): Promise<TurnoverReport[]> {
    return await this.#all(() => true);
  }

  /** The engine has failed: lets requests go on to whatever is there. @returns what failed here before, if anything did. */
  async abandon(reason: unknown): Promise<unknown> {
    this.#failed.abort(reason);
    for (const { reject } of this.#placed.values()) reject(reason);
    const ended = await Promise.allSettled([...this.#begun.values()].map(({ ended }) => ended));
    const failures = ended.flatMap((one) => (one.status === "rejected" ? [one.reason] : []));
    return failures.find((failure) => failure !== reason);
  }

  #all(which: (turnover: Turnover) => boolean): Promise<TurnoverReport[]> {
    return Promise.all(this.#options.planned.filter(which).map((turnover) => this.#begin(turnover).ended));
  }

  #begin(turnover: Turnover): Course {
    const known = this.#begun.get(turnover.service);
    if (known) return known;
    const [bridged, ready] = [awaitable<void>(), awaitable<void>()];
    const ended = this.#turnOver(turnover, { bridged, ready });
    ended.catch((error) => {
      bridged.reject(error);
      ready.reject(error);
    });
    const course = { bridged, ready, ended };
    this.#begun.set(turnover.service, course);
    return course;
  }

  async #turnOver(turnover: Turnover, course: Omit<Course, "ended">): Promise<TurnoverReport> {
    return turnover.manner === "overlap" ? await this.#overlap(turnover, course) : await this.#hold(turnover, course);
  }

  async #overlap(turnover: Turnover, { bridged, ready }: Omit<Course, "ended">): Promise<TurnoverReport> {
    const { edge, limits, planned } = this.#options;
    const { service, manner } = turnover;
    const bridge = bridgeOf(service);
    const address = await this.#boot([bridge], bridge, "patient");
    await this.#weigh([bridge], "usual");
    let served = 0;
    const leftOver = await withBridge(edge, { service, address, drain: limits.drain }, async () => {
      served = performance.now();
      bridged.resolve();
      const others = planned.filter((one) => one.manner === "hold" && !one.replaced.includes(service));
      await Promise.all(others.map((one) => this.#begin(one).ended));
      ready.resolve();
      const own = await this.#boot(turnover.replaced, service, "patient");
      await this.#weigh(turnover.replaced, "usual");
      return own;
    });
    return { service, manner, held: 0, served, leftOver };
  }

  async #hold(turnover: Turnover, { bridged, ready }: Omit<Course, "ended">): Promise<TurnoverReport> {
    const { edge, limits, planned } = this.#options;
    const { service, manner, replaced } = turnover;
    bridged.resolve();
    const overlaps = planned.filter((one) => one.manner === "overlap");
    await Promise.all(overlaps.map((one) => this.#begin(one).bridged.promise));
    const { held, leftOver } = await withHeld(edge, service, limits.hold, async () => {
      ready.resolve();
      const address = await this.#boot(replaced, service, "urgent");
      await this.#options.ready?.(service);
      await edge.point(service, address);
    });
    const served = performance.now();
    await awaitQuiet(() => edge.waiting(service), limits.hold.hold);
    await this.#weigh(replaced, "usual");
    return { service, manner, held, served, leftOver };
  }

  /**
   * See containers made, and a service healthy.
   * @param weight of them while it boots
   * @returns where the edge reaches it
   */
  async #boot(made: readonly string[], service: string, weight: keyof typeof weights): Promise<string> {
    await Promise.all(made.map((name) => this.#placing(name).promise));
    await this.#weigh(made, weight);
    return await this.#awaitAddress(service, !made.includes(service));
  }

  async #weigh(services: readonly string[], weight: keyof typeof weights): Promise<void> {
    const { engine, stackName } = this.#options;
    await Promise.all(services.map((name) => weigh(engine, containerName(stackName, name), weight)));
  }

  #placing(service: string): PromiseWithResolvers<void> {
    const known = this.#placed.get(service);
    if (known) return known;
    const placing = awaitable<void>();
    if (this.#failed.signal.aborted) placing.reject(this.#failed.signal.reason);
    this.#placed.set(service, placing);
    return placing;
  }

  /**
   * The address at which the edge reaches a container, once it is healthy.
   * @param afresh it stayed, and what it needs was away
   */
  async #awaitAddress(service: string, afresh = false): Promise<string> {
    const { stackName, edgeService, limits, whenHealthy } = this.#options;
    const container = containerName(stackName, service);
    const { signal } = this.#failed;
    await whenHealthy({ service, container, timeout: limits.healthy, afresh, signal, soon: true });
    const [own, edge] = await Promise.all([service, edgeService].map((name) => this.#networks(name)));
    const address = Object.keys(edge ?? {})
      .map((name) => own?.[name]?.IPAddress)
      .find(Boolean);
    if (address) return address;
    throw new UserError(`${service} is on no network that ${edgeService} is on`, { next: "Correct it in compose/" });
  }

  async #networks(service: string) {
    const { engine, stackName } = this.#options;
    const { NetworkSettings } = await engine.docker.getContainer(containerName(stackName, service)).inspect();
    return NetworkSettings.Networks;
  }
}

/** Who waits for it hears of a failure; somebody need not. */
function awaitable<T>(): PromiseWithResolvers<T> {
  const made = Promise.withResolvers<T>();
  made.promise.catch(() => {});
  return made;
}
