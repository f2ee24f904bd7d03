import type { Alert } from "../alerts/alert.ts";
import type { CheckResult } from "../checks/check.ts";
import type { Batch, SeenResult, ServiceUsage } from "../history/batch.ts";
import type { PastEvent } from "../history/events.ts";
import type { PastIncident } from "../history/incidents.ts";
import type { Saying } from "./incidents.ts";

/** What is to be written down next. */
export class Draft {
  #results: SeenResult[] = [];
  /** By service: two checks measure it. */
  readonly #usage = new Map<string, Partial<ServiceUsage>>();
  #events: Omit<PastEvent, "at">[] = [];
  #alerts: Alert[] = [];

  /** @param interval ms until the check is due again */
  result({ name, service, status, ms, seen, figures }: CheckResult, interval: number): void {
    this.#results.push({ check: name, service, status, ms, seen, interval });
    const { cpu_cores: cpu, memory_bytes: memory, memory_limit_bytes: memoryLimit } = figures ?? {};
    if (cpu !== undefined) this.#usage.set(service, { ...this.#usage.get(service), cpu });
    if (memory !== undefined) this.#usage.set(service, { ...this.#usage.get(service), memory, memoryLimit });
  }

  event(kind: string, text: string): void {
    this.#events.push({ kind, text });
  }

  alert(alert: Alert): void {
    this.#alerts.push(alert);
  }

  /** Everything since the last call. @param channels names of those that hear of every alert */
  take(at: number, channels: Iterable<string>): Batch {
    const alerts = this.#alerts;
    const batch: Batch = {
      at,
      results: this.#results,
      usage: this.#takeUsage(),
      events: this.#events,
      notices: [...channels].flatMap((channel) =>
        alerts.map((alert) => ({ channel, key: keyOf(alert), payload: alert })),
      ),
    };
    this.#results = [];
    this.#events = [];
    this.#alerts = [];
    return batch;
  }

  /** Of services of which both is known; the rest waits for its other half. */
  #takeUsage(): ServiceUsage[] {
    return [...this.#usage].flatMap(([service, { cpu, memory, memoryLimit }]) => {
      if (cpu === undefined || memory === undefined) return [];
      this.#usage.delete(service);
      return [{ service, cpu, memory, memoryLimit }];
    });
  }
}

/** An incident as the history keeps it. */
export function pastIncident({ kind, incident }: Saying, now: number): PastIncident {
  const { id, service, severity, since, checks, affected } = incident;
  const closed = kind === "recovery" ? { closedAt: now } : {};
  return { id, service, severity, openedAt: since, checks: [...checks, ...affected], ...closed };
}

/** The same alert has the same key after a restart, so that it is never enqueued twice. */
function keyOf({ id, kind, severity, at }: Alert): string {
  return kind === "problem" || kind === "recovery" ? `${id}:${kind}:${severity}` : `${id}:${kind}:${at}`;
}
