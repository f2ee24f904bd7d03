import { firstFailure, type Log, messageOf, secrets, UserError } from "@understudy/core";
import type { FastifyInstance, FastifyReply } from "fastify";
import { ZodError } from "zod";
import { AccessError } from "../access/access-error.ts";
import type { Problem } from "../contract/problem.ts";

/** Answer what goes wrong in the words of docs/console-api.md. Of a bug the caller is only told that it is one. */
export function addErrors(server: FastifyInstance, log: Log): void {
  server.setErrorHandler((thrown, request, reply) => {
    const { status, problem } = explain(thrown);
    if (status >= 500) {
      log.error({ method: request.method, path: request.url, error: firstFailure(thrown) }, "an answer failed");
    }
    if (thrown instanceof AccessError && thrown.retryAfter) reply.header("retry-after", thrown.retryAfter);
    return reply.code(status).send(secrets.redactData(problem));
  });
}

/** Pure. */
export function explain(thrown: unknown): { readonly status: number; readonly problem: Problem } {
  const error = firstFailure(thrown);
  if (error instanceof AccessError) return problem(error.statusCode, error.message, error.next);
  if (error instanceof UserError) return problem(422, error.message, error.next);
  if (error instanceof ZodError) {
    const [issue] = error.issues;
    return problem(422, `${issue?.path.join(".") || "the request"}: ${issue?.message}`);
  }
  // Fastify's own: a body that is no JSON, too large, of another type.
  const { statusCode = 500 } = error as { statusCode?: number };
  if (statusCode < 500) return problem(statusCode, messageOf(error));
  return problem(500, "The console failed at this", "logs/console/ has the stack: please report it");
}

export function sendNothing(reply: FastifyReply): FastifyReply {
  return reply.code(404).send(problem(404, "There is nothing at this address").problem);
}

function problem(status: number, message: string, next?: string) {
  return { status, problem: { error: { message, ...(next === undefined ? {} : { next }) } } };
}
