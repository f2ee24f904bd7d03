import { messageOf } from "@understudy/core/light";
import type { FastifyReply, FastifyRequest } from "fastify";
import { SyncError } from "../sync-error.ts";
import type { PluginOptions } from "./sync-plugin.ts";

/** What the caller can do something about is told; of what is ours, only that it is. */
export function sendError(
  thrown: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
  { report, metrics }: PluginOptions,
): FastifyReply {
  const error = asSyncError(thrown);
  if (error.status >= 500) report?.(thrown, { method: request.method, url: request.url });
  metrics?.refused(error);
  if (error.retryAfter) reply.header("retry-after", String(error.retryAfter));
  const { code, message, next, field } = error;
  return reply.code(error.status).send({ success: false, error: { code, message, next, ...(field ? { field } : {}) } });
}

function asSyncError(thrown: unknown): SyncError {
  if (thrown instanceof SyncError) return thrown;
  const { statusCode = 500 } = thrown as { statusCode?: number };
  if (statusCode === 413)
    return new SyncError(413, "too-large", "The request is too large", "Send fewer changes at once");
  if (statusCode >= 400 && statusCode < 500) return new SyncError(statusCode, "invalid-packet", messageOf(thrown));
  return new SyncError(
    500,
    "server-error",
    "The server failed",
    "Its log tells why; the same packet can be sent again",
  );
}
