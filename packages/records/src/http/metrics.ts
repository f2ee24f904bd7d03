import { Counter, Gauge, Histogram, Registry } from "prom-client";
import type { Answer } from "../packet/packet.ts";
import { fleetOf } from "../server/fleet.ts";
import type { SyncManager } from "../server/sync-manager.ts";
import type { SyncError } from "../sync-error.ts";

/** What Prometheus can ask for. */
export class Metrics {
  readonly #registry = new Registry();
  readonly #retention: number;
  readonly #changes = new Counter({
    name: "records_changes_total",
    help: "Changes of nodes, by what became of them",
    labelNames: ["status"],
    registers: [this.#registry],
  });
  readonly #served = new Counter({
    name: "records_served_total",
    help: "Records sent to nodes",
    registers: [this.#registry],
  });
  readonly #refused = new Counter({
    name: "records_refused_total",
    help: "Requests that were refused, by code",
    labelNames: ["code"],
    registers: [this.#registry],
  });
  readonly #seconds = new Histogram({
    name: "records_exchange_seconds",
    help: "Time of an exchange in the engine",
    buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5],
    registers: [this.#registry],
  });
  readonly #figures = new Gauge({
    name: "records_fleet",
    help: "The newest version, records without one, open conflicts, nodes, the oldest node's pending records",
    labelNames: ["figure"],
    registers: [this.#registry],
  });

  constructor(retention: number) {
    this.#retention = retention;
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  exchanged(answer: Answer, ms: number): void {
    for (const { status } of answer.results) this.#changes.inc({ status });
    this.#served.inc(answer.changes.length);
    this.#seconds.observe(ms / 1_000);
  }

  refused({ code }: SyncError): void {
    this.#refused.inc({ code });
  }

  async render(manager: SyncManager): Promise<string> {
    const { version, unnumbered, conflicts, nodes } = await fleetOf(manager, this.#retention);
    const behind = Math.max(0, ...nodes.map(({ pending_changes }) => pending_changes));
    for (const [figure, value] of Object.entries({ version, unnumbered, conflicts, nodes: nodes.length, behind })) {
      this.#figures.set({ figure }, value);
    }
    return await this.#registry.metrics();
  }
}
