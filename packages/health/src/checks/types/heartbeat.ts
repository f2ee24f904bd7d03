import { duration as inWords } from "../../alerts/words.ts";
import type { Beat, Check, Observation } from "../check.ts";
import { base, type CheckType, definition, duration } from "./common.ts";

const schema = definition("heartbeat", "host", {
  /** The job succeeds at least this often … */
  every: duration,
  /** … give or take this; a run may also take so long. */
  grace: duration.default(300_000),
});

/** Expects a sign of life from a scheduled job, heard by the monitor. */
export const heartbeat: CheckType<typeof schema> = {
  type: "heartbeat",
  schema,
  make: ({ every, grace, ...definition }): Check => ({
    ...base(definition, { unit: "s since the last success", bad: "above" }),
    heartbeat: definition.name,
    expected: `a success every ${inWords(every)}, give or take ${inWords(grace)}`,
    notApplicable: ({ lastBeat }) => (lastBeat ? undefined : "only a running monitor hears heartbeats"),
    look: async ({ lastBeat, now }) => observe(lastBeat?.(definition.name), now(), every, grace),
  }),
};

function observe(beat: Beat | undefined, now: number, every: number, grace: number): Observation {
  if (!beat)
    return { ok: false, severity: "warning", seen: "never heard of", next: "docs/health.md says what to call" };
  const { kind, at, lastSuccess } = beat;
  if (kind === "fail")
    return { ok: false, seen: `said ${ago(now - at)} that it failed`, next: "See the job's own log" };
  const quiet = now - (lastSuccess ?? at);
  const measured = Math.max(0, Math.round(quiet / 1_000));
  const figures = { seconds_since_success: measured };
  if (kind === "start" && now - at > grace) {
    return { ok: false, seen: `began ${ago(now - at)} and did not end`, next: "See whether the job hangs", figures };
  }
  if (quiet > every + grace) {
    const seen = lastSuccess === undefined ? "has not succeeded yet" : `last succeeded ${ago(quiet)}`;
    return { ok: false, seen, next: "See whether the job's timer runs", figures };
  }
  return {
    ok: true,
    seen: kind === "start" ? `runs, since ${inWords(now - at)}` : `succeeded ${ago(quiet)}`,
    measured,
    figures,
  };
}

function ago(ms: number): string {
  return `${inWords(ms)} ago`;
}
