import { expect } from "vitest";
import type { Alert } from "../../src/alerts/alert.ts";
import type { Fault, Stage } from "./faults.ts";
import type { MonitorProcess } from "./monitor-process.ts";
import type { HttpReceiver, SmtpReceiver } from "./receivers.ts";

export interface Ears {
  readonly hook: HttpReceiver;
  readonly mail: SmtpReceiver;
}

/** What came of one fault. */
export interface Heard {
  readonly service: string;
  readonly fault: string;
  /** From the fault to the alert, and from its end to the recovery, seconds. */
  readonly alarm: number;
  readonly recovery: number;
  readonly seen: string;
}

/** Wait until everything was seen well, and all that had to be said is delivered. */
export async function calm(monitor: MonitorProcess): Promise<void> {
  const look = async () => {
    const { checks, incidents, alerts } =
      await monitor.get<Record<"checks" | "incidents" | "alerts", object>>("/api/v1/status");
    return { seen: Object.keys(checks), incidents, alerts };
  };
  const well = { seen: ["healthy"], incidents: [], alerts: [] };
  await expect.poll(look, { timeout: 300_000, interval: 500 }).toEqual(well);
}

/**
 * Let one thing go wrong and mend it. One problem must be heard on both channels, of this service and for this cause, then
 * one recovery of it, and nothing else.
 * @param within seconds until the alarm
 */
export async function suffer(fault: Fault, stage: Stage, { hook, mail }: Ears, within: number): Promise<Heard> {
  const before = { hook: hook.received.length, mail: mail.mails.length };
  const alerts = () => hook.received.slice(before.hook).map(({ body }) => JSON.parse(body) as Alert);
  const incidents = (kind: Alert["kind"]) => [
    ...new Set(
      alerts()
        .filter((alert) => alert.kind === kind)
        .map(({ id }) => id),
    ),
  ];
  const began = Date.now();
  await fault.inject(stage);
  await expect.poll(() => incidents("problem").length, { timeout: within * 1_000, interval: 250 }).toBe(1);
  const alarmed = Date.now();
  const problem = alerts()[0];
  const seen = problem?.checks.map((check) => `${check.name}: ${check.seen}`).join("; ") ?? "";
  await fault.heal(stage);
  const healed = Date.now();
  await expect.poll(() => incidents("recovery").length, { timeout: 300_000, interval: 500 }).toBe(1);
  const said = alerts().map(
    ({ kind, service, checks }) => `${kind} ${service}: ${checks.map((check) => check.seen).join("; ")}`,
  );
  expect(problem?.service, said.join("\n")).toBe(fault.service);
  expect(seen).toMatch(fault.cause);
  expect(incidents("problem"), said.join("\n")).toHaveLength(1);
  expect(incidents("recovery")).toEqual(incidents("problem"));
  await expect.poll(() => mail.mails.length - before.mail, { timeout: 20_000 }).toBe(alerts().length);
  return {
    service: fault.service,
    fault: fault.name,
    alarm: (alarmed - began) / 1_000,
    recovery: (Date.now() - healed) / 1_000,
    seen,
  };
}
