import { quantile } from "./lateness.ts";
import type { Probed, Trial } from "./probing.ts";

/** Markdown, as docs/performance.md keeps it. Ratios are to the row named `peer`, if there is one. */
export function showProbing(rows: readonly Probed[], peer: string | undefined, trial: Trial): string {
  const base = rows.find(({ name }) => name === peer);
  const ratio = (of: (row: Probed) => number, row: Probed) => (base ? (of(row) / of(base)).toFixed(2) : "");
  const expected = (trial.checks * trial.minutes * 60) / trial.interval;
  const lines = rows.map((row) => {
    const cells = [
      `\`${row.name}\``,
      (row.cpu * 100).toFixed(2),
      ratio(({ cpu }) => cpu, row),
      Math.round(row.peak / 1e6),
      ratio(({ peak }) => peak, row),
      ...[0.5, 0.99, 1].map((share) => quantile(row.lateness, share).toFixed(1)),
      ratio(p99, row),
      row.probes,
      row.begun.toFixed(0),
    ];
    return `| ${cells.join(" | ")} |`;
  });
  return [
    `### ${trial.checks} HTTP checks every ${trial.interval} s, for ${trial.minutes} min (${expected} probes)`,
    "",
    "| | % of a core | ratio | peak MB | ratio | late p50 ms | p99 | max | ratio of p99 | probes | all begun after s |",
    `|${" --- |".repeat(11)}`,
    ...lines,
    "",
    "Aims: < 5 % of a core, < 120 MB, p99 < 500 ms.",
    "",
  ].join("\n");
}

function p99({ lateness }: Probed): number {
  return quantile(lateness, 0.99);
}
