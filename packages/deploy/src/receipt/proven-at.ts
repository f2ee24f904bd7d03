import type { Receipt } from "./receipt.ts";

/** When the oldest of what a receipt says was seen: ms since the epoch. It is as old as that. */
export function provenAt({ at, health, workflows }: Receipt): number {
  return Math.min(...[at, health.at, workflows?.at ?? at].map((time) => Date.parse(time)));
}
