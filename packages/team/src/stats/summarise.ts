import type { Run } from "./runs.ts";

/** What `team:stats --json` says of each verb; documented in docs/team.md. */
export interface VerbStats {
  readonly verb: Run["verb"];
  readonly runs: number;
  readonly failed: number;
  /** 0 to 100. */
  readonly successPercent: number;
  /** Of those that succeeded: half took no longer; the longest. Null: none did. */
  readonly medianSeconds: number | null;
  readonly longestSeconds: number | null;
  /** Of the newest that succeeded. */
  readonly lastBytes: number | null;
  readonly last: string;
  /** What went wrong, the most frequent first, with `…` in the place of figures: three at most. */
  readonly failures: readonly { readonly error: string; readonly times: number }[];
}

/** Named of each verb, at most. */
const named = 3;

/** Sum up past runs by verb. Pure. */
export function summarise(runs: readonly Run[]): VerbStats[] {
  return [...Map.groupBy(runs, ({ verb }) => verb)].map(([verb, all]) => {
    const good = all.filter(({ result }) => result === "succeeded");
    const seconds = good.map((run) => run.seconds).sort((a, b) => a - b);
    return {
      verb,
      runs: all.length,
      failed: all.length - good.length,
      successPercent: Math.round((good.length / all.length) * 1_000) / 10,
      medianSeconds: seconds[Math.floor((seconds.length - 1) / 2)] ?? null,
      longestSeconds: seconds.at(-1) ?? null,
      lastBytes: good.findLast(({ bytes }) => bytes !== undefined)?.bytes ?? null,
      last: all.at(-1)?.at ?? "",
      failures: failuresOf(all),
    };
  });
}

/** Sizes, times and dates differ each time; what is wrong does not. */
function failuresOf(runs: readonly Run[]): VerbStats["failures"] {
  const errors = runs.flatMap(({ error }) => (error === undefined ? [] : [error.replaceAll(/\d[\d.,:-]*/g, "…")]));
  return [...Map.groupBy(errors, (error) => error)]
    .map(([error, all]) => ({ error, times: all.length }))
    .sort((a, b) => b.times - a.times)
    .slice(0, named);
}
