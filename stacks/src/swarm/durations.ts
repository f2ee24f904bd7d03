import { duration } from "../container-args.ts";

/** As the provider reads a service's durations back: `3m`, where a container's is `3m0s`. */
export function shortDuration(ms: number): string {
  return (duration(Math.round(ms)) ?? "0s").replace(/m0s$/, "m").replace(/h0m$/, "h");
}
