import type { Result } from "../packet/change.ts";
import type { Row } from "../values/kind.ts";

export interface Settled {
  /** The version that the local row is based on now. */
  readonly version: number;
  readonly parked: boolean;
  /** What takes the place of the local row; null: nothing does, it goes; absent: it stays. */
  readonly data?: Row | null;
}

/**
 * What an answer makes of a local record.
 * @param base the version that it was based on
 * @param rewritten it was written again after the change was packed: that write stays, and goes out with the next packet
 */
export function settle(result: Result, base: number, rewritten: boolean): Settled {
  const { status, version, data } = result;
  if (status === "parked") return { version: base, parked: true };
  // A later write was made on the change. It follows the server's version only if that is the change.
  if (rewritten) return { version: status === "accepted" ? version : base, parked: false };
  return { version, parked: false, ...(data === undefined ? {} : { data }) };
}
