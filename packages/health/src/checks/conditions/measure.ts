import type { Observation, Thresholds } from "../check.ts";

/** A judged look with the number that thresholds, if there are any, are for. What is no number fails then. */
export function measure(
  judged: Pick<Observation, "ok" | "seen" | "expected">,
  value: unknown,
  thresholds: Partial<Thresholds> | undefined,
): Observation {
  if (!thresholds || !judged.ok) return judged;
  const measured = typeof value === "string" && value.trim() === "" ? Number.NaN : Number(value ?? Number.NaN);
  if (Number.isNaN(measured)) return { ok: false, seen: judged.seen, expected: "a number, for the thresholds" };
  return { ...judged, measured, figures: { value: measured } };
}
