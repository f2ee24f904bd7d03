import type { Alert } from "../alert.ts";

/** One way that alerts go out. */
export interface Channel {
  /**
   * Resolves when the receiver has taken it, with what it did not take of it, if anything.
   * @throws DeliveryError with what the receiver said
   */
  send(alert: Alert, context: SendContext): Promise<string | undefined>;
}

export interface SendContext {
  /** The same for every attempt: the receiver knows a repetition by it. */
  readonly key: string;
  /** ms since the epoch. */
  readonly now: number;
  /** Ends the attempt: when it took too long, or the program stops. */
  readonly signal: AbortSignal;
}

/** An alert did not arrive, and why. `retryAfter`: ms, as the receiver asked. `refused`: it takes others, but not this one. */
export class DeliveryError extends Error {
  override readonly name = "DeliveryError";
  readonly retryAfter: number | undefined;
  readonly refused: boolean;

  constructor(message: string, options: { retryAfter?: number; refused?: boolean; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.retryAfter = options.retryAfter;
    this.refused = options.refused ?? false;
  }
}
