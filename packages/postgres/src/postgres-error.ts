import { UserError } from "@understudy/core";

/** What a server said, in plain words, with its SQLSTATE (or Node's code, e.g. ECONNREFUSED) for callers that act on it. */
export class PostgresError extends UserError {
  readonly code: string;

  constructor(message: string, options: { code: string; next?: string; cause?: unknown }) {
    super(message, options);
    this.code = options.code;
  }
}
