/** What a node knows of a record that the server sends. */
export interface Held {
  readonly version: number;
  /** It has writes that the server has not answered for. */
  readonly pending: boolean;
  readonly parked: boolean;
}

export interface Received {
  /** Whether the server's row takes the place of the local one. */
  readonly take: boolean;
  /** Whether the record waits for a person from now on. */
  readonly parked: boolean;
}

/**
 * Whether a node takes the server's state of a record.
 * @param whole everything is fetched anew: versions say nothing
 */
export function receive(
  served: { readonly version: number; readonly parked?: boolean },
  held: Held | undefined,
  whole: boolean,
): Received {
  const parked = held?.parked === true && served.parked === true;
  if (held?.pending || parked) return { take: false, parked };
  return { take: whole || served.version > (held?.version ?? -1) || held?.parked === true, parked: false };
}
