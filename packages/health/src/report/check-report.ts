import { styleText } from "node:util";
import { table } from "@understudy/core";
import type { CheckResult, CheckStatus } from "../checks/check.ts";
import { engineCheck } from "../checks/defaults/host.ts";
import { count } from "../checks/words.ts";
import type { HealthReport } from "../health-check.ts";

export interface ReportStyle {
  /** Every check with its figures, and the last log lines. */
  readonly verbose: boolean;
  readonly colours: boolean;
  /** What the whole took, ms. */
  readonly took: number;
}

/** The report for people: what fails comes first, with what to try; then the rest, short. */
export function checkReport(report: HealthReport, style: ReportStyle): string {
  const { environment, status, checks, notApplicable, lockedBy } = report;
  const failing = [...checks].filter((check) => check.status !== "healthy").sort(bySeverity);
  const healthy = checks.filter((check) => check.status === "healthy");
  const paint = painter(style.colours);
  const parts = [
    ...failing.map((check) => describeFailure(check, style, paint)),
    ...(healthy.length ? [style.verbose ? everyCheck(healthy) : everyService(checks)] : []),
    ...(style.verbose ? healthy.flatMap(({ name, lines }) => (lines?.length ? [logOf(name, lines)] : [])) : []),
    ...(notApplicable.length
      ? [`Not applicable: ${notApplicable.map(({ name, why }) => `${name} (${why})`).join(", ")}`]
      : []),
    ...(lockedBy ? [`It is being changed: ${lockedBy}`] : []),
  ];
  const fail = failing.length ? `, ${failing.length} fail` : "";
  const line = `${environment} is ${paint(status)}: ${count(checks.length, "check")}${fail}, ${(style.took / 1_000).toFixed(1)} s`;
  return `${[...parts, line].join("\n")}\n`;
}

/** What the JSON shows: a line for each check, and with `verbose` figures and log lines too. */
export function jsonReport({ checks, lockedBy, ...report }: HealthReport, verbose: boolean) {
  const { notApplicable, ...head } = report;
  const shown = checks.map(({ name, service, status, seen, expected, ms, next, figures, lines }) => ({
    ...{ name, service, status, seen, expected, ms },
    ...(next ? { next } : {}),
    ...(verbose ? { figures, lines } : {}),
  }));
  return { ...head, checks: shown, notApplicable, lockedBy };
}

type Paint = (status: CheckStatus, text?: string) => string;

const colour = { healthy: "green", degraded: "yellow", unhealthy: "red" } as const;

function painter(colours: boolean): Paint {
  return (status, text = status) => (colours ? styleText(colour[status], text, { validateStream: false }) : text);
}

function bySeverity(a: CheckResult, b: CheckResult): number {
  return Number(b.status === "unhealthy") - Number(a.status === "unhealthy");
}

function describeFailure(check: CheckResult, { verbose }: ReportStyle, paint: Paint): string {
  const { name, status, seen, expected, next, figures, lines = [] } = check;
  return [
    `${paint(status, status === "unhealthy" ? "✖" : "!")} ${name}: ${status}`,
    `    seen      ${seen}`,
    `    expected  ${expected}`,
    ...(next ? [`    try       ${next}`] : []),
    ...(verbose && figures ? [`    figures   ${figuresLine(figures)}`] : []),
    ...(verbose ? lines : lines.slice(-3)).map((line) => `    | ${line}`),
    "",
  ].join("\n");
}

function everyCheck(checks: readonly CheckResult[]): string {
  const rows = checks.map(({ name, seen, ms, figures = {} }) => [name, seen, `${ms} ms`, figuresLine(figures)]);
  return table(["check", "seen", "took", "figures"], rows);
}

function everyService(checks: readonly CheckResult[]): string {
  const rows = [...Map.groupBy(checks, ({ service }) => service)].map(([service, all]) => {
    const healthy = all.filter(({ status }) => status === "healthy").length;
    const seen = (names: readonly string[]) => all.find(({ name }) => names.includes(name))?.seen ?? "";
    return [
      service,
      `${healthy} of ${all.length}`,
      seen([engineCheck, `${service} container`]),
      seen([`${service} memory`]),
    ];
  });
  return table(["service", "healthy", "state", "memory"], rows);
}

function logOf(name: string, lines: readonly string[]): string {
  return `${name}:\n${lines.map((line) => `  | ${line}`).join("\n")}`;
}

function figuresLine(figures: Readonly<Record<string, number>>): string {
  return Object.entries(figures)
    .map(([name, value]) => `${name}=${value}`)
    .join(" ");
}
