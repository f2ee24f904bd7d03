import { table } from "@understudy/core";
import { duration, instant, oneLine } from "../alerts/words.ts";
import type { Overview } from "../history/overview.ts";

/** The history for people: each check's uptime, what went wrong, and when nobody looked. */
export function historyReport(environment: string, overview: Overview): string {
  const { from, to, overall } = overview;
  const head = `${environment} from ${instant(from)} to ${instant(to)}: ${percent(overall.uptime)} up, all checks together`;
  return `${[head, ...checks(overview), ...changes(overview), ...incidents(overview), ...gaps(overview)].join("\n")}\n`;
}

/** What `--json` prints: times as ISO 8601, lengths of time in ms. */
export function jsonHistory(environment: string, { from, to, overall, checks, incidents, changes, gaps }: Overview) {
  return {
    environment,
    from: iso(from),
    to: iso(to),
    overall,
    checks,
    incidents: incidents.map(({ openedAt, closedAt, ...rest }) => ({
      ...rest,
      openedAt: iso(openedAt),
      closedAt: closedAt === undefined ? null : iso(closedAt),
    })),
    changes: changes.map(({ at, ...rest }) => ({ ...rest, at: iso(at) })),
    gaps: gaps.map((gap) => ({ ...gap, from: iso(gap.from), to: iso(gap.to) })),
  };
}

function checks({ checks }: Overview): string[] {
  if (checks.length === 0) return ["No check was looked at in this time."];
  const rows = checks.map(({ check, service, status, uptime, down, known, ms }) => [
    check,
    service,
    status,
    percent(uptime),
    down ? duration(down) : "",
    duration(known),
    `${ms.p50} / ${ms.avg} / ${ms.max}`,
  ]);
  return [table(["check", "service", "now", "uptime", "down for", "watched for", "ms p50 / avg / max"], rows)];
}

function changes({ changes }: Overview): string[] {
  if (changes.length === 0) return [];
  const rows = changes.map(({ at, status, seen }) => [instant(at), status, oneLine(seen, 100)]);
  return ["", "Changes, newest first:", table(["when", "status", "seen"], rows)];
}

function incidents({ incidents, to }: Overview): string[] {
  if (incidents.length === 0) return ["", "No incidents."];
  const rows = incidents.map(({ openedAt, closedAt, service, severity, checks }) => [
    instant(openedAt),
    closedAt === undefined ? `${duration(to - openedAt)}, still open` : duration(closedAt - openedAt),
    service,
    severity,
    checks.join(", "),
  ]);
  return ["", "Incidents, newest first:", table(["began", "lasted", "cause", "severity", "checks"], rows)];
}

function gaps({ gaps }: Overview): string[] {
  if (gaps.length === 0) return [];
  const rows = gaps.map(({ from, to, why }) => [instant(from), duration(to - from), why]);
  return ["", "Not watched, and no downtime:", table(["from", "for", "why"], rows)];
}

/** Rounded down, so that only what was never down has 100 %. */
function percent(share: number | undefined): string {
  return share === undefined
    ? "unknown"
    : `${(Math.floor(share * 100_000) / 1_000).toFixed(3).replace(/\.?0+$/, "")} %`;
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
