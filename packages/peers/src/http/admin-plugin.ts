import { createHash, timingSafeEqual } from "node:crypto";
import { hostname } from "node:os";
import { audit, type Log, messageOf } from "@understudy/core";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { AgentError } from "../agent-error.ts";
import { addPeer } from "../drive/add-peer.ts";
import { resumeFullSync, startFullSync } from "../drive/full-sync.ts";
import type { Peers } from "../peers.ts";
import { offStatus } from "../periodic/periodic.ts";
import type { SharedPeriodic } from "../periodic/shared-periodic.ts";
import { repeat } from "../repeat.ts";
import type { Operator, Peer } from "../types.ts";
import { allowList, notAllowed } from "./allow-list.ts";
import { streamEvents } from "./event-stream.ts";
import { Limiter } from "./limiter.ts";
import { openApi } from "./open-api.ts";
import { bearerOf } from "./peers-door.ts";
import { addPeerSchema, fullSyncSchema, logQuery, sessionParams, sessionsQuery } from "./schemas.ts";
import { read, sendError } from "./send-error.ts";

export interface AdminOptions {
  /** Who asks. Also checks, for what changes something, that it is no other site that asks. @throws AgentError 401, 403 */
  readonly authorise: (request: FastifyRequest) => Promise<Operator> | Operator;
}

export interface AdminPluginOptions extends AdminOptions {
  readonly peers: Peers;
  readonly periodic: Pick<SharedPeriodic, "status"> | undefined;
  readonly log: Log;
}

declare module "fastify" {
  interface FastifyRequest {
    operator?: Operator;
  }
}

/** What operators ask, below `/api/admin/sync`: the page's interface. */
export async function adminPlugin(
  server: FastifyInstance,
  { peers, periodic, log, authorise }: AdminPluginOptions,
): Promise<void> {
  const { sessions } = peers.book;
  const reachable = new Map<string, boolean>();
  server.decorateRequest("operator");
  server.setErrorHandler((error, request, reply) =>
    sendError(error, request, reply, (thrown, where) => log.error({ error: thrown, ...where }, "an answer failed")),
  );
  server.addHook("onRequest", async (request) => {
    const operator = await authorise(request);
    if (request.method !== "GET" && operator.role !== "operator") {
      throw new AgentError(403, "forbidden", `${operator.name} may look, and change nothing`, "Ask an operator");
    }
    request.operator = operator;
  });
  const sessionOf = (request: FastifyRequest) => {
    const { sessionId } = read(sessionParams, request.params);
    const session = peers.session(sessionId);
    if (!session)
      throw new AgentError(404, "not-found", `There is no session ${sessionId}`, "GET …/full-sync/sessions lists them");
    return session;
  };
  const noteDone = (request: FastifyRequest, what: string, detail: object) => {
    const { installation, environment } = peers.target;
    audit(installation, {
      who: nameOf(request),
      what,
      environment: environment.name,
      result: "started",
      detail,
    });
  };

  server.get("/api/admin/sync/peers", async () => ({
    peers: peers
      .list()
      .map((peer): Peer => (peer.local ? peer : { ...peer, reachable: reachable.get(peer.nodeId) ?? null })),
  }));

  server.post("/api/admin/sync/peers", async (request, reply) => {
    const peer = await addPeer(peers, { ...read(addPeerSchema, request.body), by: nameOf(request) });
    return await reply.code(201).send({ peer });
  });

  server.delete<{ Params: { nodeId: string } }>("/api/admin/sync/peers/:nodeId", async (request) => {
    const { nodeId } = request.params;
    if (!peers.book.peers.remove(nodeId)) throw new AgentError(404, "not-found", `There is no peer ${nodeId}`);
    noteDone(request, "peers:remove", { nodeId });
    return { success: true };
  });

  server.post("/api/admin/sync/full-sync", async (request, reply) => {
    const { action, targetPeer, options } = read(fullSyncSchema, request.body);
    const by = nameOf(request);
    const { sessionId } = await startFullSync(peers, { direction: action, peer: targetPeer.nodeId, options, by, log });
    noteDone(request, "sync:full", { sessionId, action, peer: targetPeer.nodeId });
    return await reply.code(202).send({ success: true, sessionId, message: "Full sync started" });
  });

  server.get("/api/admin/sync/full-sync/sessions", async (request) => {
    const { limit, before } = read(sessionsQuery, request.query);
    const found = peers.sessions({ limit: limit + 1, ...(before ? { before } : {}) });
    return { sessions: found.slice(0, limit), more: found.length > limit };
  });

  server.get("/api/admin/sync/full-sync/sessions/:sessionId", async (request) => {
    const session = sessionOf(request);
    return { session, log: peers.log(session.sessionId) };
  });

  server.get("/api/admin/sync/full-sync/sessions/:sessionId/log", async (request) => {
    const { after } = read(logQuery, request.query);
    return { log: peers.log(sessionOf(request).sessionId, after) };
  });

  server.post("/api/admin/sync/full-sync/sessions/:sessionId/cancel", async (request) => {
    const { sessionId } = sessionOf(request);
    peers.cancel(sessionId, nameOf(request));
    noteDone(request, "sync:cancel", { sessionId });
    return { success: true, message: "The full sync is being cancelled" };
  });

  server.post("/api/admin/sync/full-sync/sessions/:sessionId/resume", async (request, reply) => {
    const { sessionId } = sessionOf(request);
    await resumeFullSync(peers, sessionId, { by: nameOf(request), log });
    noteDone(request, "sync:resume", { sessionId });
    return await reply.code(202).send({ success: true, sessionId, message: "Full sync resumed" });
  });

  server.post("/api/admin/sync/full-sync/clear-stuck", async (request) => {
    const cleared = peers.clearStuck();
    noteDone(request, "sync:clear-stuck", { cleared });
    return { cleared };
  });

  const periodicStatus = async () => (await periodic?.status()) ?? offStatus(peers.settings.periodic);
  server.get("/api/admin/sync/periodic", periodicStatus);

  server.get("/api/admin/sync/events", (request, reply) => {
    const last = Number(request.headers["last-event-id"]);
    reply.hijack();
    streamEvents(reply.raw, {
      sessions,
      periodic: periodicStatus,
      after: Number.isInteger(last) && last > 0 ? last : undefined,
      onFailure: (error) => log.debug({ error: messageOf(error) }, "events were not told"),
      mayStill: async () => {
        try {
          return Boolean(await authorise(request));
        } catch {
          return false;
        }
      },
    });
  });

  server.get("/api/admin/sync/openapi.json", async () => openApi());

  const look = async () => {
    for (const peer of peers.book.peers.list()) {
      const client = await peers.client(peer);
      const there = await client.greet({ patience: 0, idle: 5_000 }).then(
        () => true,
        () => false,
      );
      reachable.set(peer.nodeId, there);
      if (there) peers.book.peers.seen(peer.nodeId);
      client.close();
    }
  };
  const onFailure = (error: unknown) => log.warn({ error: messageOf(error) }, "peers were not looked at");
  const timer = repeat(30_000, look, onFailure).unref();
  server.addHook("onClose", async () => clearInterval(timer));
  void look().catch(onFailure);
}

/**
 * For an agent without a console: whoever shows this token is an operator, from where peers may ask, and from this machine.
 * @param token undefined: nobody is
 */
export function byToken(token: string | undefined, allowFrom: readonly string[]): AdminOptions["authorise"] {
  const allowed = allowList([...allowFrom, "127.0.0.0/8", "::1"]);
  const limiter = new Limiter(30);
  return ({ headers, ip }) => {
    if (!allowed(ip)) throw notAllowed(ip);
    limiter.check(ip);
    const shown = bearerOf(headers.authorization);
    if (token === undefined) {
      throw new AgentError(401, "unauthorized", "Nobody may ask here", "Set PEERS_ADMIN_TOKEN, or use the console");
    }
    if (!timingSafeEqual(digestOf(shown), digestOf(token))) {
      limiter.failed(ip);
      throw new AgentError(401, "unauthorized", "The token is wrong", "PEERS_ADMIN_TOKEN is the right one");
    }
    return { name: "administrator", role: "operator" };
  };
}

function nameOf({ operator }: FastifyRequest): string {
  return `${operator?.name ?? "somebody"}@${hostname()}`;
}

function digestOf(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
