import { Counter, collectDefaultMetrics, Gauge, Registry } from "prom-client";
import type { CountedError } from "../../logs/collector.ts";
import type { CheckState } from "../check-state.ts";
import type { Incident } from "../incidents.ts";

/** What Prometheus reads. Names follow its conventions: base units, `_total` for counters. */
export class Metrics {
  readonly #registry = new Registry();
  readonly #probes = this.#counter("understudy_probes_total", "Looks at checks, by what was seen.", [
    "check",
    "status",
  ]);
  readonly #errors = this.#counter("understudy_log_errors_total", "Lines that tell of an error.", ["service"]);
  readonly #up = this.#gauge("understudy_check_up", "1 while a check is healthy or degraded, 0 while it is not.", [
    "check",
    "service",
  ]);
  readonly #duration = this.#gauge("understudy_check_duration_seconds", "How long the last look took.", [
    "check",
    "service",
  ]);
  readonly #figure = this.#gauge("understudy_check_figure", "What a check measured.", ["check", "service", "figure"]);
  readonly #incidents = this.#gauge("understudy_incidents", "Problems that are on.", ["service", "severity"]);
  readonly #notices = this.#gauge("understudy_notices_waiting", "Alerts that are not delivered yet.", ["channel"]);

  constructor(environment: string) {
    this.#registry.setDefaultLabels({ environment });
    collectDefaultMetrics({ register: this.#registry, prefix: "understudy_monitor_" });
  }

  /** Count a look. */
  probed(state: CheckState): void {
    this.#probes.inc({ check: state.name, status: state.last.status });
  }

  logErrors(errors: readonly CountedError[]): void {
    for (const { service, count } of errors) this.#errors.inc({ service }, count);
  }

  readonly contentType = this.#registry.contentType;

  /** Everything in Prometheus' text format, as it stands. */
  async render(now: {
    readonly states: Iterable<CheckState>;
    readonly incidents: readonly Incident[];
    readonly pending: readonly { readonly channel: string; readonly waiting: number }[];
  }): Promise<string> {
    for (const gauge of [this.#up, this.#duration, this.#figure, this.#incidents, this.#notices]) gauge.reset();
    for (const { name: check, service, last } of now.states) {
      this.#up.set({ check, service }, last.status === "unhealthy" ? 0 : 1);
      this.#duration.set({ check, service }, last.ms / 1_000);
      for (const [figure, value] of Object.entries(last.figures ?? {}))
        this.#figure.set({ check, service, figure }, value);
    }
    for (const { service, severity } of now.incidents) this.#incidents.inc({ service, severity });
    for (const { channel, waiting } of now.pending) this.#notices.set({ channel }, waiting);
    return await this.#registry.metrics();
  }

  #counter<Label extends string>(name: string, help: string, labelNames: Label[]): Counter<Label> {
    return new Counter({ name, help, labelNames, registers: [this.#registry] });
  }

  #gauge<Label extends string>(name: string, help: string, labelNames: Label[]): Gauge<Label> {
    return new Gauge({ name, help, labelNames, registers: [this.#registry] });
  }
}
