import { setTimeout as sleep } from "node:timers/promises";
import { type Log, lastQuietWindow, messageOf, type QuietWindow, readFact } from "@understudy/core";
import type { Target } from "@understudy/environment";
import { type Alert, type Evidence, noEvidence } from "../alerts/alert.ts";
import type { Channel } from "../alerts/channels/channel.ts";
import { Courier } from "../alerts/courier.ts";
import type { Check, CheckResult } from "../checks/check.ts";
import { runCheck } from "../checks/run-check.ts";
import type { History } from "../history/history.ts";
import type { LogCollector } from "../logs/collector.ts";
import { alertOf, eventAlert } from "./alert-of.ts";
import type { Metrics } from "./api/metrics.ts";
import { Draft, pastIncident } from "./draft.ts";
import { gatherEvidence } from "./evidence.ts";
import type { Saying } from "./incidents.ts";
import { Ledger } from "./ledger.ts";
import { noContext, ownChecks } from "./own-checks.ts";
import { ProbeLoop } from "./probe-loop.ts";
import { type Clock, type Gap, StallWatch } from "./stalls.ts";
import type { Subject } from "./subject.ts";
import { type Memory, Watch } from "./watch.ts";

export interface MonitorOptions {
  readonly target: Target;
  readonly subject: Subject;
  readonly history: History;
  readonly channels: ReadonlyMap<string, Channel>;
  readonly metrics: Metrics;
  /** Undefined: what containers print is not followed. */
  readonly collector: LogCollector | undefined;
  readonly log: Log;
  readonly clock: Clock;
}

/** What a run of the monitor leaves to the next. */
export interface Kept extends Memory {
  /** When it was kept, ms since the epoch. */
  readonly at: number;
  readonly logsUntil: Readonly<Record<string, number>>;
}

/** Between two decisions, ms. */
const pace = 1_000;
/** A time in which nothing ran counts as a gap from here on, ms. */
const stallAfter = 10_000;
/** People are told of a gap from here on, ms: an update of the monitor is shorter. */
const gapWorthTelling = 60_000;
/** How often silences and containers are looked up, and what is known is kept, ms. */
const lookUpEvery = 5_000;
/** What a cause took down may take so long to come up after it, ms, or five looks if that is longer. */
const shortestSettle = 120_000;

/** Watches one environment until it is told to stop. */
export class Monitor {
  readonly #options: MonitorOptions;
  readonly #interval: number;
  readonly #ledger: Ledger;
  readonly #watch: Watch;
  readonly #probes: ProbeLoop;
  readonly #stalls: StallWatch;
  readonly #own: readonly Check[];
  readonly #draft = new Draft();
  /** Counts gaps: a look that began before one and ended after it says nothing. */
  #epoch = 0;
  #silenced: ReadonlySet<string> = new Set();
  #lookedUp = Number.NEGATIVE_INFINITY;

  private constructor(options: MonitorOptions, kept: Kept | undefined) {
    const { target, clock, subject, history, log } = options;
    const { intervalSeconds, failures, successes, concurrency } = target.settings.monitor;
    this.#options = options;
    this.#interval = intervalSeconds * 1_000;
    this.#ledger = new Ledger(history, log);
    this.#watch = new Watch(
      {
        thresholds: { failures, successes },
        remindAfter: target.settings.alerts.reminderMinutes * 60_000,
        settle: Math.max(shortestSettle, 5 * this.#interval),
        newId: (service) => `${target.environment.name}-${service}-${clock.now().toString(36)}`,
      },
      kept,
    );
    this.#stalls = new StallWatch(clock, stallAfter);
    const look = (check: Check) => this.#look(check);
    this.#probes = new ProbeLoop({ interval: this.#interval, concurrency, clock, random: Math.random, look });
    this.#own = ownChecks({
      context: () => subject.context(),
      refresh: () => this.#refresh(),
      trouble: () => this.#ledger.trouble,
    });
  }

  /** Go on where the last run of the monitor ended. What was in between is unknown. */
  static async resume(options: MonitorOptions, kept: Kept | undefined): Promise<Monitor> {
    const { history, clock } = options;
    const monitor = new Monitor(options, kept);
    if (kept) await monitor.#gap({ from: kept.at, to: clock.now(), why: "the monitor did not run" });
    if (typeof history.opened === "object") {
      monitor.#event("history damaged", `it lies in ${history.opened.damaged} now, and a new one is begun`);
    }
    return monitor;
  }

  get states(): Watch["states"] {
    return this.#watch.states;
  }

  get incidents(): Watch["incidents"] {
    return this.#watch.incidents;
  }

  /** Why the history is not written at the moment, if so. */
  get trouble(): string | undefined {
    return this.#ledger.trouble;
  }

  /** Watch, decide, write down and deliver until the signal comes. */
  async run(signal: AbortSignal): Promise<void> {
    const { channels, log, clock, collector } = this.#options;
    const delivering = new Courier({ outbox: this.#ledger, channels, log, now: clock.now }).run(signal);
    this.#begin();
    // On its own: a decision may have to wait for an engine that hangs, and that is no gap.
    const ticking = setInterval(() => void this.#noticeGap(), pace);
    while (!signal.aborted) {
      await sleep(pace, undefined, { signal }).catch(() => {});
      await this.#settle();
    }
    clearInterval(ticking);
    this.#probes.stop();
    collector?.stop();
    await delivering;
    await this.#settle({ last: true });
  }

  /** Looks that need containers come together, service by service: they share one question to the engine. */
  #begin(): void {
    const own = new Set(this.#own.map(({ name }) => name));
    const checks = [...this.#own, ...this.#options.subject.checks.filter(({ name }) => !own.has(name))];
    this.#probes.start(checks, ({ name, service, needs }) => (needs?.length ? service : name));
    this.#watch.keepOnly(new Set(checks.map(({ name }) => name)));
  }

  async #refresh(): Promise<void> {
    if (await this.#options.subject.refresh()) this.#begin();
  }

  async #look(check: Check): Promise<void> {
    const epoch = this.#epoch;
    const result = await this.#observe(check);
    await this.#noticeGap();
    if (!result || epoch !== this.#epoch) return;
    const { metrics, clock } = this.#options;
    metrics.probed(this.#watch.take(result, clock.now()));
    this.#draft.result(result, check.interval ?? this.#interval);
  }

  /** Undefined: nothing can be said of it, because the engine is away or there is nothing to look at. */
  async #observe(check: Check): Promise<CheckResult | undefined> {
    if (this.#own.includes(check)) return await runCheck(check, noContext);
    const context = await this.#options.subject.context().catch(() => undefined);
    if (!context || check.notApplicable?.(context)) return undefined;
    return await runCheck(check, context);
  }

  async #noticeGap(): Promise<void> {
    const gap = this.#stalls.tick();
    if (gap) await this.#gap(gap);
  }

  /** A time in which nothing was seen is unknown: nobody's downtime, and no part of a row of failures. */
  async #gap(gap: Omit<Gap, "why"> & { readonly why: string }): Promise<void> {
    this.#epoch++;
    this.#watch.forgetUnconfirmed();
    const { history, log } = this.#options;
    await history.markGap(gap).catch((error) => log.error({ error: messageOf(error) }, "a gap cannot be written down"));
    const length = gap.to - gap.from;
    const text = `${gap.why}: nothing was seen for ${Math.round(length / 1_000)} s, since ${new Date(gap.from).toISOString()}`;
    log.warn(text);
    if (Math.abs(length) >= gapWorthTelling) this.#event("monitor stalled", text);
    else this.#draft.event("monitor stalled", text);
  }

  /** Something that happened to the monitor itself, and that people should know of. */
  #event(kind: string, text: string): void {
    this.#draft.event(kind, text);
    const now = this.#options.clock.now();
    this.#draft.alert(
      eventAlert(
        { service: "host", name: kind, seen: text, expected: "the monitor watches all the time" },
        { ...this.#around(), now },
      ),
    );
  }

  /** Decide what is to be said, and write down together what was seen and what was decided. */
  async #settle({ last = false } = {}): Promise<void> {
    const { target, subject, clock, collector, metrics, channels } = this.#options;
    const now = clock.now();
    const kept = last || (await this.#lookUp());
    const change = lastQuietWindow(target.installation, target.environment.name);
    const quiet = change !== undefined && now >= change.from && now < change.until;
    const silenced = (check: { name: string; service: string }) =>
      this.#silenced.has(check.name) || this.#silenced.has(check.service);
    const { sayings } = this.#watch.decide({ now, quiet, silenced }, (service) => subject.needs(service));
    const alerts = await Promise.all(sayings.map((saying) => this.#alert(saying, change)));
    for (const alert of alerts) this.#draft.alert(alert);
    const errors = collector?.takeErrors() ?? [];
    metrics.logErrors(errors);
    const memory = this.#watch.takeMemory() ?? (kept ? this.#watch.memory : undefined);
    const state: Kept | undefined = memory && { ...memory, at: now, logsUntil: collector?.until ?? {} };
    await this.#ledger.commit({
      ...this.#draft.take(now, channels.keys()),
      errors,
      incidents: sayings.map((saying) => pastIncident(saying, now)),
      ...(state ? { state } : {}),
    });
  }

  /** Every few seconds: what was silenced, and which containers print. Returns whether it was time. */
  async #lookUp(): Promise<boolean> {
    const { clock, history, subject, collector, log } = this.#options;
    if (clock.monotonic() - this.#lookedUp < lookUpEvery) return false;
    this.#lookedUp = clock.monotonic();
    const silences = await history.silences(clock.now()).catch((error) => {
      log.error({ error: messageOf(error) }, "silences cannot be read");
      return undefined;
    });
    if (silences) this.#silenced = new Set(silences.map(({ check }) => check));
    const context = await subject.context().catch(() => undefined);
    if (context) collector?.follow(context.engine, context.containers);
    return true;
  }

  #around() {
    const { installation, environment } = this.#options.target;
    const release = readFact<{ id: string }>(installation, environment.name, "release")?.id;
    return { environment: environment.name, release };
  }

  async #alert(saying: Saying, change: QuietWindow | undefined): Promise<Alert> {
    const evidence = saying.kind === "recovery" ? noEvidence : await this.#evidence(saying.incident.service);
    const now = this.#options.clock.now();
    return alertOf(saying, { ...this.#around(), change, states: this.#watch.states, evidence, now });
  }

  async #evidence(service: string): Promise<Evidence> {
    const { subject, target } = this.#options;
    const context = await subject.context().catch(() => undefined);
    return await gatherEvidence(context, target.environment.name, service);
  }
}
