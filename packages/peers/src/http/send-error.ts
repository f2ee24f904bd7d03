import { firstFailure, messageOf, UserError } from "@understudy/core";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { z } from "zod";
import { AgentError } from "../agent-error.ts";

/** What the caller can do something about is told; of what is ours, only that it is. @param report hears of that */
export function sendError(
  thrown: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
  report: (error: unknown, request: { readonly method: string; readonly url: string }) => void,
): FastifyReply {
  const error = asAgentError(thrown);
  if (error.status >= 500) report(thrown, { method: request.method, url: request.url.split("?")[0] ?? "" });
  if (error.retryAfter) reply.header("retry-after", String(error.retryAfter));
  const { code, message, next } = error;
  return reply.code(error.status).send({ success: false, error: { code, message, ...(next ? { next } : {}) } });
}

/** @throws AgentError 422 with the field */
export function read<T>(schema: z.ZodType<T>, data: unknown): T {
  const parsed = schema.safeParse(data ?? {});
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new AgentError(
    422,
    "invalid",
    `${issue?.path.join(".") || "request"}: ${issue?.message}`,
    "GET /api/admin/sync/openapi.json shows every field",
  );
}

function asAgentError(thrown: unknown): AgentError {
  const failure = firstFailure(thrown) as Error;
  // Of what was cut off, why it was.
  const error = failure.name === "AbortError" ? (failure.cause ?? failure) : failure;
  if (error instanceof AgentError && error.status > 0) return error;
  if (error instanceof AgentError) return new AgentError(502, error.code, error.message, error.next);
  if (error instanceof UserError) return new AgentError(409, "refused-here", error.message, error.next);
  const { statusCode = 500, code = "", next } = error as { statusCode?: number; code?: string; next?: string };
  if (statusCode === 413) return new AgentError(413, "too-large", "The request is too large", "Send less at once");
  // Fastify's own codes say nothing that the status does not.
  const told = code === "" || code.startsWith("FST_") ? "invalid" : code;
  if (statusCode >= 400 && statusCode < 500) return new AgentError(statusCode, told, messageOf(error), next);
  return new AgentError(500, "server-error", "The server failed", "Its log tells why");
}
