import { UserError } from "@understudy/core/light";

export const syncErrorCodes = [
  "unauthorized",
  "not-found",
  "code-taken",
  "out-of-step",
  "too-large",
  "invalid-packet",
  "schema-mismatch",
  "too-many-requests",
  "unreachable",
  "server-error",
] as const;
/** What can fail between a node and its server: docs/records.md says what each means and what to do. */
export type SyncErrorCode = (typeof syncErrorCodes)[number];

/** A failure that the other side is told of: HTTP status, a code that programs decide by, what to do next. */
export class SyncError extends UserError {
  readonly status: number;
  readonly code: SyncErrorCode;
  /** Which field of the request. */
  readonly field: string | undefined;
  /** s until it makes sense to come again. */
  readonly retryAfter: number | undefined;

  constructor(
    status: number,
    code: SyncErrorCode,
    message: string,
    next?: string,
    more: { field?: string; retryAfter?: number; cause?: unknown } = {},
  ) {
    super(message, { ...(next ? { next } : {}), cause: more.cause });
    this.status = status;
    this.code = code;
    this.field = more.field;
    this.retryAfter = more.retryAfter;
  }
}
