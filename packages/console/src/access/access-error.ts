/** Somebody may not do something, or not yet. Fastify answers with `statusCode`. */
export class AccessError extends Error {
  override readonly name = "AccessError";
  readonly statusCode: 401 | 403 | 421 | 429;
  readonly code: string;
  readonly next: string;
  /** Seconds. */
  readonly retryAfter: number | undefined;

  constructor(statusCode: AccessError["statusCode"], code: string, message: string, next: string, retryAfter?: number) {
    super(message);
    this.statusCode = statusCode;
    this.code = code;
    this.next = next;
    this.retryAfter = retryAfter;
  }
}
