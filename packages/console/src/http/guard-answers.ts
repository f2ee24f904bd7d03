import { secrets } from "@understudy/core";
import type { FastifyInstance } from "fastify";

/** The last door of an API: nobody keeps its answers, and whatever they were made of, no secret that is known leaves in them. */
export function guardAnswers(api: FastifyInstance): void {
  api.addHook("onRequest", async (_, reply) => void reply.header("cache-control", "no-store"));
  api.addHook("preSerialization", async (_request, _reply, payload) => secrets.redactData(payload));
}
