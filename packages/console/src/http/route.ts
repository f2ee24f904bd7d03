import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import type { Caller, Gate } from "../access/gate.ts";
import type { Role } from "../contract/session.ts";

/** One address of the API: what it takes and answers is checked, and described, by the same schemas. */
export interface Route<
  Params extends z.ZodType = z.ZodType,
  Query extends z.ZodType = z.ZodType,
  Body extends z.ZodType = z.ZodType,
> {
  readonly method: "GET" | "POST" | "PUT";
  /** `/api/console/runs/:id` */
  readonly path: string;
  readonly summary: string;
  /** Who may; `anybody` also without a login. */
  readonly who: Role | "anybody";
  readonly params?: Params;
  readonly query?: Query;
  readonly body?: Body;
  /** What it answers; undefined: a stream of events, or a file. */
  readonly answer?: z.ZodType;
  /** The status of its answer. Default: 200 */
  readonly status?: number;
  handle(asked: Asked<z.output<Params>, z.output<Query>, z.output<Body>>): unknown;
}

export interface Asked<Params = unknown, Query = unknown, Body = unknown> {
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
  /** Undefined where anybody may ask and nobody is logged in. */
  readonly caller: Caller;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  /** Whether the caller may still, after a while: a login ends, a role is taken back. */
  mayStill(): boolean;
}

export function route<Params extends z.ZodType, Query extends z.ZodType, Body extends z.ZodType>(
  definition: Route<Params, Query, Body>,
): Route {
  return definition as unknown as Route;
}

const nothing = z.unknown();

/** Put a route before a server. Who may not ask is refused before the body is read. */
export function mount(server: FastifyInstance, gate: Gate, one: Route): void {
  const { method, path, who, params = nothing, query = nothing, body = nothing, status = 200 } = one;
  const callers = new WeakMap<FastifyRequest, Caller>();
  server.route({
    method,
    url: path,
    onRequest: async (request) => {
      if (who !== "anybody") callers.set(request, gate.authorise(request, who));
    },
    handler: async (request, reply) => {
      const answer = await one.handle({
        params: params.parse(request.params),
        query: query.parse(request.query),
        body: body.parse(request.body),
        caller: callers.get(request) as Caller,
        ...{ request, reply },
        mayStill: () => who === "anybody" || isLetIn(gate, request, who),
      });
      if (reply.sent || reply.raw.headersSent) return reply;
      return await reply.code(status).send(answer);
    },
  });
}

function isLetIn(gate: Gate, request: FastifyRequest, who: Role): boolean {
  try {
    return Boolean(gate.authorise(request, who));
  } catch {
    return false;
  }
}
