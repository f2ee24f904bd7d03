import type { Alert, AlertCheck } from "./alert.ts";
import { duration, instant, oneLine } from "./words.ts";

/** A part of a message. Each channel draws it in its own way. */
export interface Section {
  readonly heading?: string;
  /** One line each. */
  readonly lines: readonly string[];
  /** To be shown as it is, in equally wide letters. */
  readonly code?: boolean;
}

/** What happened, in one line: `staging: postgres is down (also affects n8n, letta)`. */
export function title(alert: Alert): string {
  const lasted = duration(alert.at - alert.since);
  const who = `${alert.environment}: ${alert.service}`;
  switch (alert.kind) {
    case "problem":
      return oneLine(`${who} is ${state(alert)}${alsoAffects(alert)}`, titleLimit);
    case "reminder":
      return oneLine(`${who} is still ${state(alert)} after ${lasted}${alsoAffects(alert)}`, titleLimit);
    case "recovery":
      return oneLine(`${who} is healthy again after ${lasted}`, titleLimit);
    case "event":
      return oneLine(`${who}: ${alert.checks[0]?.name ?? "something happened"}`, titleLimit);
    case "test":
      return oneLine(`${alert.environment}: test alert, nothing is wrong`, titleLimit);
  }
}

/** All that an alert says below its title. @param now when it is sent, ms since the epoch */
export function sections(alert: Alert, now: number): Section[] {
  const { checks, affected, evidence } = alert;
  return [
    { lines: circumstances(alert, now) },
    { heading: alert.kind === "recovery" ? "Seen now" : "Seen", lines: atMost(40, checks.flatMap(checkLines)) },
    {
      heading: "Also affected",
      lines: atMost(
        20,
        affected.map(({ check, seen }) => line(`${check}: ${seen}`)),
      ),
    },
    { heading: "Container", lines: container(alert) },
    { heading: "Last log lines", lines: evidence.lastLogLines.slice(-10).map(line), code: true },
    { heading: "Run next", lines: evidence.commands.slice(0, 10).map(line), code: true },
  ].filter(({ lines }) => lines.length > 0);
}

/** The whole alert as plain text, its title first. */
export function plainText(alert: Alert, now: number): string {
  const parts = sections(alert, now).map(({ heading, lines, code }) =>
    [...(heading ? [`${heading}:`] : []), ...lines.map((text) => (code ? `    ${text}` : text))].join("\n"),
  );
  return [title(alert), ...parts].join("\n\n");
}

const titleLimit = 200;
const late = 5 * 60_000;

function state({ service, severity, checks }: Alert): string {
  if (severity === "critical" && service !== "host") return "down";
  return `${severity === "critical" ? "unhealthy" : "degraded"}: ${checks.map(({ name }) => name).join(", ")}`;
}

function alsoAffects({ affected }: Alert): string {
  const services = [...new Set(affected.map(({ service }) => service))];
  return services.length ? ` (also affects ${atMost(5, services).join(", ")})` : "";
}

function circumstances(alert: Alert, now: number): string[] {
  const { kind, id, release, during, since, at } = alert;
  const lasts = kind === "problem" || kind === "reminder";
  const delay = now - at;
  return [
    ...(lasts ? [`Since ${instant(since)}, ${duration(at - since)}.`] : []),
    ...(kind === "recovery" ? [`From ${instant(since)} to ${instant(at)}, ${duration(at - since)}.`] : []),
    ...(kind === "event" || kind === "test" ? [`At ${instant(at)}.`] : []),
    ...(during
      ? [`It began during ${during.what}${during.release ? ` (release ${during.release})` : ""}, or soon after.`]
      : []),
    ...(release ? [`Release ${release}.`] : []),
    ...(delay > late ? [`Sent ${duration(delay)} late: this channel did not take it before.`] : []),
    ...(kind === "test" ? [] : [`Incident ${id}.`]),
  ].map(line);
}

function checkLines({ name, seen, expected, next }: AlertCheck): string[] {
  return [
    line(`${name}: ${seen}${expected ? ` (expected: ${expected})` : ""}`),
    ...(next ? [line(`Try: ${next}`)] : []),
  ];
}

function container({ evidence: { state, restarts } }: Alert): string[] {
  return [...(state ? [line(state)] : []), ...(restarts ? [`${restarts} restarts in the last hour`] : [])];
}

function line(text: string): string {
  return oneLine(text, 250);
}

/** The first so many, and how many more there are. */
function atMost(limit: number, all: readonly string[]): string[] {
  const more = all.length - limit;
  return more > 0 ? [...all.slice(0, limit), `and ${more} more`] : [...all];
}
