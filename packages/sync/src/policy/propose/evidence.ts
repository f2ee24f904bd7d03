import type { Pattern } from "./patterns.ts";

/** What a sample of values looks like: counts alone, never a value. */
export interface Evidence {
  /** Neither NULL nor empty. */
  readonly values: number;
  readonly different: number;
  /** Only of patterns that some value matches. */
  readonly matches: Readonly<Partial<Record<Pattern, number>>>;
}

export const noEvidence: Evidence = { values: 0, different: 0, matches: {} };

/** Part of the values that match, 0 to 1. */
export function share({ values, matches }: Evidence, pattern: Pattern): number {
  return values === 0 ? 0 : (matches[pattern] ?? 0) / values;
}

/** `98 % of 1,000 values` */
export function shareInWords(evidence: Evidence, pattern: Pattern): string {
  const percent = share(evidence, pattern) * 100;
  const shown = percent > 0 && percent < 1 ? "under 1" : Math.round(percent).toString();
  return `${shown} % of ${evidence.values.toLocaleString("en")} values`;
}
