export interface SeenNode {
  readonly cursor: number;
  /** ms since the epoch; undefined: never. */
  readonly lastSeen: number | undefined;
}

/**
 * Up to which version tombstones can go without making any node fetch everything anew that was here within `retention` ms.
 * Who was away for longer does not hold it back.
 * @param aged the newest version of a tombstone that is older than `retention`
 */
export function purgePoint(nodes: readonly SeenNode[], aged: number, now: number, retention: number): number {
  const present = nodes.filter(({ lastSeen }) => lastSeen !== undefined && now - lastSeen <= retention);
  return Math.min(aged, ...present.map(({ cursor }) => cursor));
}
