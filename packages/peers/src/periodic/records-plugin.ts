import type { Log } from "@understudy/core";
import { type SyncManager, syncPlugin } from "@understudy/records";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { z } from "zod";
import { AgentError } from "../agent-error.ts";
import { allowList, notAllowed } from "../http/allow-list.ts";
import { Limiter } from "../http/limiter.ts";
import { tokenOf } from "../http/peers-door.ts";
import { read, sendError } from "../http/send-error.ts";
import type { Peers } from "../peers.ts";

const day = 86_400_000;

/** A peer that becomes a node of our record engine. Which one it is, its token says. */
const nodeSchema = z.object({ name: z.string().max(200).optional() });

/** The record engine's interface, for peers only: they register by the token that they have as peers, and are let in as long as they are. */
export async function recordsPlugin(
  server: FastifyInstance,
  { peers, manager, log }: { readonly peers: Peers; readonly manager: SyncManager; readonly log: Log },
): Promise<void> {
  const { records } = peers.target.settings;
  const known = peers.book.peers;
  const tokenLife = records.tokenDays * day;
  const allowed = allowList(peers.settings.allowFrom);
  const limiter = new Limiter(30);
  const report = (error: unknown) => log.error({ error }, "an answer failed");
  const noPeer = () => new AgentError(401, "unauthorized", "The token is no peer's", "pnpm peers:add");

  const holderOf = (request: FastifyRequest): string => {
    limiter.check(request.ip);
    const nodeId = known.holderOf(tokenOf(request));
    if (nodeId) return nodeId;
    limiter.failed(request.ip);
    throw noPeer();
  };

  server.setErrorHandler((error, request, reply) => sendError(error, request, reply, report));
  server.addHook("onRequest", async (request, reply) => {
    // Answered here, as the engine has words of its own for failures.
    if (!allowed(request.ip)) return sendError(notAllowed(request.ip), request, reply, report);
  });
  // By now the engine knows whose token it is.
  server.addHook("preParsing", async (request, reply) => {
    const node = request.syncNode;
    if (node && !known.isPeer(node.code)) return sendError(noPeer(), request, reply, report);
  });
  server.post("/api/sync/nodes", { bodyLimit: 65_536 }, async (request) => {
    const nodeId = holderOf(request);
    const { name = nodeId } = read(nodeSchema, request.body);
    const registered = await manager.registerNode({ code: nodeId, name, trusted: true, tokenLife });
    return {
      node_id: registered.nodeId,
      auth_token: registered.token,
      server_version: manager.schemaVersion,
      received_packet_no: registered.receivedPacketNo,
    };
  });
  await server.register(syncPlugin, {
    manager,
    tokenLife,
    // Who is no peer does not register: this secret is told to nobody.
    enrolmentSecret: crypto.randomUUID(),
    largestBody: records.largestMegabytes * 1_000_000,
    largestPacket: records.largestMegabytes * 4_000_000,
    report: (error, request) => log.error({ error, ...request }, "an answer failed"),
  });
}
