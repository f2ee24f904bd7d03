import { addAbortSignal, pipeline } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { audit, type Log } from "@understudy/core";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { AgentError } from "../agent-error.ts";
import type { Peers } from "../peers.ts";
import { isEncrypted } from "../plan/agree.ts";
import { restoreResultSchema } from "../side/side.ts";
import { manifestSchema, totalBytes } from "../transfer/chunk.ts";
import { zstd } from "../transfer/compression.ts";
import { PassiveSessions } from "./passive-sessions.ts";
import { addDoor, otherKind, peerOf, tokenOf } from "./peers-door.ts";
import { addReceiveBackup } from "./receive-backup.ts";
import {
  beginSchema,
  chunkQuery,
  compareSchema,
  endSchema,
  enrolSchema,
  initiateBackupSchema,
  jobQuery,
  pageBodySchema,
  progressBodySchema,
  restoreBackupSchema,
  sessionQuery,
} from "./schemas.ts";
import { read, sendError } from "./send-error.ts";

/** A plan with the digests of a large database. */
const largeBody = 128_000_000;

/** What peers ask each other, below `/api/sync`. */
export async function peersPlugin(server: FastifyInstance, { peers, log }: { peers: Peers; log: Log }): Promise<void> {
  const { book, target } = peers;
  const passive = peers.database ? new PassiveSessions(peers, log) : undefined;
  server.addHook("onClose", async () => await passive?.[Symbol.asyncDispose]());
  server.setErrorHandler((error, request, reply) =>
    sendError(error, request, reply, (thrown, where) => log.error({ error: thrown, ...where }, "an answer failed")),
  );
  addDoor(server, peers);

  const ready = (): PassiveSessions => {
    if (passive) return passive;
    throw new AgentError(409, "no-database", "PEERS_DATABASE_URL is not set there", "Set it, and restart the agent");
  };
  /** Who asks, in a session of its own. */
  const enter = async (request: FastifyRequest, sessionId: string): Promise<PassiveSessions> => {
    await ready().enter(peerOf(request).nodeId, sessionId);
    return ready();
  };

  server.get("/api/sync/peer", async () => await peers.self());

  server.post("/api/sync/peers", async (request) => {
    const { nodeId, name, kind, back, plain } = read(enrolSchema, request.body);
    if (kind !== target.environment.kind) throw otherKind(target.environment.kind, kind);
    if (back && !plain && !isEncrypted(new URL(back.url))) {
      const next = "Give its agent a certificate (peers.certificate), or add --plain inside of a VPN";
      throw new AgentError(409, "plain", `${back.url} would be spoken to without encryption`, next);
    }
    if (request.peer && request.peer.nodeId !== nodeId)
      throw new AgentError(401, "unauthorized", "The token is another server's");
    if (request.peer === null && !book.peers.accept(tokenOf(request), nodeId))
      throw new AgentError(401, "unauthorized", "The invitation has ended");
    if (back) book.peers.put({ nodeId, name, kind, ...back });
    log.info({ nodeId, name, url: back?.url }, "a peer enrolled");
    const what = { what: "peers:add", environment: target.environment.name, result: "succeeded" } as const;
    audit(target.installation, { who: name, ...what, detail: { nodeId, name, url: back?.url } });
    return await peers.self();
  });

  server.post("/api/sync/sessions", async (request) => {
    const begin = read(beginSchema, request.body);
    await ready().begin(peerOf(request), begin);
    return { success: true, sessionId: begin.sessionId };
  });

  server.post("/api/sync/progress", async (request) => {
    const { sessionId, ...progress } = read(progressBodySchema, request.body);
    await ready().heard(peerOf(request).nodeId, sessionId, progress);
    return { success: true };
  });

  server.post("/api/sync/end", { bodyLimit: largeBody }, async (request) => {
    const { sessionId } = read(sessionQuery, request.query);
    const ended = await ready().ended(peerOf(request).nodeId, sessionId, read(endSchema, request.body));
    return { success: true, status: ended?.status ?? null, written: ended?.written ?? [] };
  });

  server.get("/api/sync/look", async (request) => {
    const { sessionId } = read(sessionQuery, request.query);
    const sessions = await enter(request, sessionId);
    return await sessions.side.look(sessions.signal(sessionId));
  });

  server.post("/api/sync/compare", { bodyLimit: largeBody }, async (request, reply) => {
    const { sessionId, request: asked } = read(compareSchema, request.body);
    const { jobs, side } = await enter(request, sessionId);
    jobs.start(sessionId, "compare", (_, signal) => side.digest(sessionId, asked.plan, signal));
    return await reply.code(202).send({ started: true });
  });

  server.post("/api/sync/initiate-backup", { bodyLimit: largeBody }, async (request, reply) => {
    const { sessionId, sourceNodeId, request: asked } = read(initiateBackupSchema, request.body);
    assertSource(sourceNodeId, book.nodeId);
    const { jobs, side } = await enter(request, sessionId);
    jobs.start(sessionId, "backup", (onProgress, signal) => side.backup(sessionId, asked, onProgress, signal));
    const made = manifestSchema.safeParse(jobs.done(sessionId, "backup")).data;
    return await reply.code(202).send({ backupCreated: made !== undefined, size: totalBytes(made?.chunks ?? []) });
  });

  server.post("/api/sync/restore-backup", { bodyLimit: largeBody }, async (request, reply) => {
    const { sessionId, sourceNodeId, request: asked } = read(restoreBackupSchema, request.body);
    assertSource(sourceNodeId, peerOf(request).nodeId);
    const { jobs, side } = await enter(request, sessionId);
    jobs.start(sessionId, "restore", (onProgress, signal) => side.restore(sessionId, asked, onProgress, signal));
    const made = restoreResultSchema.safeParse(jobs.done(sessionId, "restore")).data;
    const recordsAffected = made?.tables.reduce((sum, { inserted, updated }) => sum + inserted + updated, 0) ?? 0;
    return await reply.code(202).send({ restored: made !== undefined, recordsAffected });
  });

  server.get("/api/sync/backup-progress", async (request) => {
    const { sessionId, job } = read(jobQuery, request.query);
    return (await enter(request, sessionId)).jobs.progress(sessionId, job);
  });

  server.get("/api/sync/result", async (request) => {
    const { sessionId, job } = read(jobQuery, request.query);
    return (await enter(request, sessionId)).jobs.result(sessionId, job);
  });

  server.get("/api/sync/sequences", async (request) => {
    const { sessionId } = read(sessionQuery, request.query);
    const sessions = await enter(request, sessionId);
    return { sequences: await sessions.side.sequences(sessions.signal(sessionId)) };
  });

  server.post("/api/sync/page", async (request) => {
    const { sessionId, ...page } = read(pageBodySchema, request.body);
    const sessions = await enter(request, sessionId);
    const signal = sessions.signal(sessionId);
    const made = await sessions.side.page(page, signal);
    await sleep(sessions.bandwidth.take(Buffer.byteLength(made.rows)), undefined, { signal });
    return made;
  });

  server.get("/api/sync/chunks", async (request) => {
    const { sessionId } = read(sessionQuery, request.query);
    return { received: await (await enter(request, sessionId)).side.received(sessionId) };
  });

  server.get("/api/sync/chunk", async (request, reply) => {
    const { sessionId, no } = read(chunkQuery, request.query);
    const sessions = await enter(request, sessionId);
    const { side, bandwidth } = sessions;
    const chunk = side.keptManifest(sessionId)?.chunks.find((one) => one.no === no);
    if (!chunk) throw new AgentError(404, "not-found", `There is no chunk ${no}`, "Begin the backup again");
    const bytes = addAbortSignal(sessions.signal(sessionId), await side.read(sessionId, chunk));
    reply.type("application/octet-stream");
    if (request.headers["accept-encoding"] !== "zstd")
      return await reply.send(pipeline(bytes, bandwidth.limit(), () => {}));
    reply.header("content-encoding", "zstd");
    return await reply.send(pipeline(bytes, zstd(), bandwidth.limit(), () => {}));
  });

  addReceiveBackup(server, enter);
}

/** A request that names another source than it can be was meant for another server. */
function assertSource(named: string | undefined, source: string): void {
  if (named === undefined || named === source) return;
  throw new AgentError(409, "source", `The source is ${source}, and not ${named}`, "Check which server was meant");
}
