import type { Status } from "../types.ts";

/** What may follow a status. An interrupted session is resumed, or ended by who clears it; completed, if all was written before. */
const follows: Readonly<Record<Status, readonly Status[]>> = {
  running: ["completed", "failed", "cancelled", "interrupted"],
  interrupted: ["running", "completed", "failed", "cancelled"],
  completed: [],
  failed: [],
  cancelled: [],
};

export function mayBecome(from: Status, to: Status): boolean {
  return follows[from].includes(to);
}

/** The statuses from which a session can get to another. */
export function before(to: Status): Status[] {
  return (Object.keys(follows) as Status[]).filter((from) => mayBecome(from, to));
}

export function hasEnded(status: Status): boolean {
  return follows[status].length === 0;
}

/** A driver writes at least every few seconds; one that did not for so long, ms, is gone, whatever its process id says. */
export const silence = 60_000;

export interface Pulse {
  readonly status: Status;
  /** ms since the epoch, of the last sign of life. */
  readonly heartbeat: number;
  readonly processAlive: boolean;
}

/** Whether what is called running runs no more. */
export function isStuck({ status, heartbeat, processAlive }: Pulse, now: number): boolean {
  return status === "running" && (!processAlive || now - heartbeat > silence);
}
