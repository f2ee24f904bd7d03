import type { TurnoverReport } from "../edge/turnovers.ts";

/** What requests of a service went through at the edge, for people. */
export function waitLine({ service, manner, held }: TurnoverReport): string {
  return manner === "overlap"
    ? `  ${service}: another one served meanwhile\n`
    : `  ${service}: requests waited for ${held} ms\n`;
}
