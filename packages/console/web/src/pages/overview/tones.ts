import type { Tone } from "../../parts/basics.tsx";

/** Of a state of health. */
export const tones: Readonly<Record<string, Tone>> = {
  healthy: "good",
  degraded: "warn",
  unhealthy: "bad",
  unknown: "plain",
};
