import { UserError } from "@understudy/core";

/** A failure that another program is told of: HTTP status, a code to decide by, what to do next. Status 0: nobody answered. */
export class AgentError extends UserError {
  readonly status: number;
  readonly code: string;
  /** s until it makes sense to come again. */
  readonly retryAfter: number | undefined;

  constructor(
    status: number,
    code: string,
    message: string,
    next?: string,
    more: { retryAfter?: number; cause?: unknown } = {},
  ) {
    super(message, { ...(next ? { next } : {}), cause: more.cause });
    this.status = status;
    this.code = code;
    this.retryAfter = more.retryAfter;
  }
}

/** Of Node's sockets, HTTP parser and zlib: what a line does to bytes. */
const lineTrouble =
  /^(ECONN|EPIPE|ETIMEDOUT|EHOST|ENET|EAI_|ENOTFOUND|ERR_STREAM_PREMATURE_CLOSE|ERR_SSL|HPE_|Z_|ZSTD_|ABORT)/;

/** Whether the same request can pass later: the network, a server that restarts, bytes that a line corrupted, a proxy's own words. */
export function mayPass(error: unknown): boolean {
  if (!(error instanceof AgentError)) return lineTrouble.test(String((error as { code?: unknown })?.code ?? ""));
  const { status, code } = error;
  return status === 0 || status === 429 || status >= 502 || code === "bad-chunk" || code === "refused";
}
