import { median } from "../deploy/measure.ts";
import type { Figure } from "./data.ts";
import type { Rates } from "./load.ts";
import type { Endured, Series, Trial } from "./under-load.ts";

/** One run in a line. */
export function describeTrial({ did, endured, lateness, busy }: Trial): string {
  const services = endured.map(
    ({ service, sent, failed, longest, p99, acknowledged, lost, doubled }) =>
      `${service} ${sum(Object.values(failed))} of ${sent} failed${reasons(failed)}, longest ${ms(longest)}, p99 ${ms(p99)}, held ${did.held?.[service] ?? "-"} ms, ${lost} of ${acknowledged} writes lost, ${doubled} doubled`,
  );
  const served = did.served === undefined ? "" : ` (answered after ${did.served.toFixed(1)} s)`;
  return `${did.seconds.toFixed(1)} s${served}, ${(100 * busy).toFixed(0)} % busy, load late by ${ms(lateness)}; ${services.join("; ")}`;
}

/** Markdown, as docs/performance.md keeps it. */
export function showSeries(series: readonly Series[], rates: Rates): string {
  const load = Object.entries(rates).map(
    ([service, { all, writes }]) => `${service} ${all} (${writes} of them writes)`,
  );
  const head =
    "| | runs | failed | of | lost | of | doubled | longest wait, s | held, s | answered after, s | took, s | MiB | busy |";
  const lines = series.map(({ name, trials }) => `| \`${name}\` | ${cells(trials).join(" | ")} |`);
  const services = series.map(({ name, trials }) => `\`${name}\`: ${perService(trials)}`);
  return [
    `Requests a second: ${load.join(", ")}; whoever is not answered within 120 s has failed.`,
    "",
    head,
    `|${" --- |".repeat(13)}`,
    ...lines,
    "",
    "Failed, lost, doubled: of all runs. Longest wait, held: the longest of all. Answered after: every service by the other release. It, took, MiB, busy: medians.",
    "",
    ...services,
    "",
  ].join("\n");
}

export function showFigures(figures: readonly Figure[]): string {
  const lines = figures.map(
    ({ name, seconds, memory, about }) =>
      `| ${name} | ${seconds.toFixed(1)} | ${Math.round(memory / 1_048_576)} | ${about} |`,
  );
  return ["| | s | MiB | |", "| --- | --- | --- | --- |", ...lines, ""].join("\n");
}

function cells(trials: readonly Trial[]): (string | number)[] {
  const all = trials.flatMap(({ endured }) => endured);
  const total = (of: (one: Endured) => number) => sum(all.map(of));
  const held = trials.flatMap(({ did }) => Object.values(did.held ?? {}));
  const served = trials.flatMap(({ did }) => did.served ?? []);
  const memory = trials.flatMap(({ did }) => did.memory ?? []);
  return [
    trials.length,
    total(failures),
    total(({ sent }) => sent),
    total(({ lost }) => lost),
    total(({ acknowledged }) => acknowledged),
    total(({ doubled }) => doubled),
    seconds(Math.max(...all.map(({ longest }) => longest))),
    held.length ? seconds(Math.max(...held)) : "",
    served.length ? median(served).toFixed(1) : "",
    median(trials.map(({ did }) => did.seconds)).toFixed(1),
    memory.length ? Math.round(median(memory) / 1_048_576) : "",
    `${(100 * median(trials.map(({ busy }) => busy))).toFixed(0)} %`,
  ];
}

function perService(trials: readonly Trial[]): string {
  const services = new Set(trials.flatMap(({ endured }) => endured.map(({ service }) => service)));
  const described = [...services].map((service) => {
    const own = trials.flatMap(({ endured }) => endured.filter((one) => one.service === service));
    const held = trials.flatMap(({ did }) => did.held?.[service] ?? []);
    const why: Record<string, number> = {};
    for (const { failed } of own)
      for (const [reason, times] of Object.entries(failed)) why[reason] = (why[reason] ?? 0) + times;
    const longest = own.map((one) => seconds(one.longest)).join(" ");
    const waited = held.length ? `, held ${held.map(seconds).join(" ")} s` : "";
    return `${service} ${sum(own.map(failures))} failed${reasons(why)}, longest ${longest} s${waited}, p99 ${ms(median(own.map(({ p99 }) => p99)))}`;
  });
  return described.join("; ");
}

function reasons(failed: Readonly<Record<string, number>>): string {
  const all = Object.entries(failed).map(([reason, times]) => `${times} × ${reason}`);
  return all.length ? ` (${all.join(", ")})` : "";
}

function failures({ failed }: Endured): number {
  return sum(Object.values(failed));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function seconds(ms: number): string {
  return (ms / 1_000).toFixed(1);
}

function ms(value: number): string {
  return `${Math.round(value)} ms`;
}
