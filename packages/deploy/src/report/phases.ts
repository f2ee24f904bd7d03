import type { Log } from "@understudy/core";

/** Marks the end of a phase: how long it took goes to the log, in ms. `pnpm bench` reads it there. */
export type EndPhase = (phase: string) => void;

/** Follow the phases of this process. The first one begins with the process itself. */
export function followPhases(log: Log): EndPhase {
  let began = 0;
  return (phase) => {
    const now = performance.now();
    log.info({ phase, took: Math.round(now - began) }, "phase ends");
    began = now;
  };
}
