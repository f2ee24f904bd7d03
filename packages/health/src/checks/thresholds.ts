import type { Severity, Thresholds } from "./check.ts";

/** How bad a measured number is, or undefined when it is within the limits. */
export function crossed({ warning, critical, bad }: Thresholds, measured: number): Severity | undefined {
  const beyond = (limit: number | undefined) =>
    limit !== undefined && (bad === "above" ? measured > limit : measured < limit);
  if (beyond(critical)) return "critical";
  return beyond(warning) ? "warning" : undefined;
}

/** The limits for people: `at most 85 % full (critical above 95)`. */
export function describeThresholds({ warning, critical, unit, bad }: Thresholds): string {
  const limit = warning ?? critical;
  if (limit === undefined) return "anything";
  const worse = warning === undefined || critical === undefined ? "" : ` (critical ${bad} ${critical})`;
  return `${bad === "above" ? "at most" : "at least"} ${limit}${unit && ` ${unit}`}${worse}`;
}
