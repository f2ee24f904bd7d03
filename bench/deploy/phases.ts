import { median } from "./measure.ts";
import type { Rivals } from "./rivals.ts";

/** Collects where the time of each run of ours went, from its own log. */
export function phaseCollector(rivals: Rivals) {
  const seen = new Map<string, number[]>();
  let read = rivals.log().length;
  return {
    collect(): void {
      const lines = rivals.log();
      for (const { phase, service, took } of lines.slice(read)) {
        const name = phase ? String(phase) : service ? `${service} healthy` : undefined;
        if (name) seen.set(name, [...(seen.get(name) ?? []), Number(took)]);
      }
      read = lines.length;
    },
    /** Lines of what was not one of ours. */
    skip(): void {
      read = rivals.log().length;
    },
    medians: (): [string, number][] => [...seen].map(([name, values]) => [name, median(values)]),
  };
}
