/** What a node says of how far it is. */
export interface Progress {
  /** It has everything up to this version … */
  readonly cursor: number;
  /** … and its last whole sync began when the tombstones up to this version were gone. */
  readonly watermark: number;
}

/**
 * Why a node has to fetch everything anew; undefined when it need not.
 * @param purgedBefore tombstones up to this version are gone
 * @param newest the server's newest version
 */
export function needsResync({ cursor, watermark }: Progress, purgedBefore: number, newest: number): string | undefined {
  if (cursor > newest) return `it has version ${cursor}, and the server's newest is ${newest}: the server was set back`;
  if (cursor >= purgedBefore || watermark >= purgedBefore) return undefined;
  return `it was away for too long: deletions up to version ${purgedBefore} are purged, and it has seen those up to ${cursor}`;
}
