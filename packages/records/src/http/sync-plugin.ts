import { createHash, timingSafeEqual } from "node:crypto";
import { promisify } from "node:util";
import { constants, gzip } from "node:zlib";
import { UserError } from "@understudy/core/light";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { z } from "zod";
import { readHistory } from "../books/history.ts";
import type { Filters, SyncNode } from "../books/nodes.ts";
import { explainIssue } from "../packet/packet.ts";
import { PacketManager, validatePacket } from "../packet/packet-manager.ts";
import { fleetOf, nodeStatusOf } from "../server/fleet.ts";
import { defaultRetention, type Retention } from "../server/purge.ts";
import { authenticate } from "../server/register.ts";
import type { SyncManager } from "../server/sync-manager.ts";
import { isVisible } from "../server/visible.ts";
import { digestTable } from "../store/digest.ts";
import { SyncError } from "../sync-error.ts";
import { Limiter } from "./limiter.ts";
import type { Metrics } from "./metrics.ts";
import { openApi } from "./open-api.ts";
import { exchangeSchema, registerSchema, resolveSchema } from "./schemas.ts";
import { sendError } from "./send-error.ts";

export interface PluginOptions {
  /** Who wants to register must show it; undefined: anybody may, and a known code is taken for good. */
  readonly enrolmentSecret?: string | undefined;
  /** Sees and decides everything over the API; undefined: nobody does. */
  readonly adminToken?: string | undefined;
  /** How long a node's token holds, ms. A year unless told. */
  readonly tokenLife?: number;
  /** Bytes of a request, and what its packet may unpack to. */
  readonly largestBody?: number;
  readonly largestPacket?: number;
  /** Registrations and wrong tokens that an address may try in a minute. 30 unless told. */
  readonly attemptsPerMinute?: number;
  /** Which rows a node may see. All unless told. */
  readonly filtersOf?: (code: string) => Filters;
  readonly metrics?: Metrics;
  /** How long deletions and versions that lost are remembered. 30 days and a year unless told. */
  readonly retention?: Retention;
  /** Hears of every exchange, for a debug log. */
  readonly trace?: (exchange: {
    readonly node: string;
    readonly packet: number;
    readonly sent: number;
    readonly served: number;
    readonly ms: number;
  }) => void;
  /** Hears of failures that callers are not told of. */
  readonly report?: (error: unknown, request: { readonly method: string; readonly url: string }) => void;
}

const pack = promisify(gzip);
/** Below that, compressing costs more than it saves. */
const worthCompressing = 2_000;
const year = 365 * 86_400_000;

declare module "fastify" {
  interface FastifyRequest {
    /** Who asks; null: the administrator. */
    syncNode?: SyncNode | null;
  }
}

/** The server's REST interface, below `/api/sync`, for any Fastify server. @throws UserError for secrets that keep nobody out */
export async function syncPlugin(
  server: FastifyInstance,
  { manager, ...options }: PluginOptions & { manager: SyncManager },
): Promise<void> {
  const { largestBody = 16_000_000, largestPacket = 64_000_000, tokenLife = year, metrics } = options;
  const packets = new PacketManager(manager, { largest: largestPacket });
  const limiter = new Limiter(options.attemptsPerMinute ?? 30, manager.clock);
  const { adminToken, enrolmentSecret } = options;
  if (adminToken !== undefined && !/^\S{1,200}$/.test(adminToken))
    throw unusable("adminToken", "200 characters, none of them a space");
  if (enrolmentSecret !== undefined && !/^.{1,500}$/s.test(enrolmentSecret))
    throw unusable("enrolmentSecret", "500 characters");
  const admin = adminToken === undefined ? undefined : digestOf(adminToken);
  const enrolment = enrolmentSecret === undefined ? undefined : digestOf(enrolmentSecret);

  server.decorateRequest("syncNode");
  server.setErrorHandler((error, request, reply) => sendError(error, request, reply, options));

  /** Before the body is read: who may not ask does not get to send one. */
  const identify = async (request: FastifyRequest) => {
    const token = /^Bearer (\S{1,200})$/.exec(request.headers.authorization ?? "")?.[1];
    if (token !== undefined && admin && timingSafeEqual(digestOf(token), admin)) {
      request.syncNode = null;
      return;
    }
    try {
      request.syncNode = await manager.store.transaction(() => authenticate(token ?? "", manager.clock()));
    } catch (error) {
      if (error instanceof SyncError) limiter.count(request.ip);
      throw error;
    }
  };
  const known = { onRequest: identify };

  server.post("/api/sync/register", { bodyLimit: 65_536 }, async (request, reply) => {
    limiter.count(request.ip);
    const { secret, ...who } = read(registerSchema, request.body);
    const trusted = enrolment !== undefined && secret !== undefined && timingSafeEqual(digestOf(secret), enrolment);
    if (enrolment && !trusted)
      throw new SyncError(401, "unauthorized", "The enrolment secret is wrong", "Ask who runs the server for it");
    const filters = options.filtersOf?.(who.code);
    const registered = await manager.registerNode({ ...who, trusted, tokenLife, filters });
    return await reply.code(201).send({
      node_id: registered.nodeId,
      auth_token: registered.token,
      token_expires: registered.expires,
      server_version: manager.schemaVersion,
      received_packet_no: registered.receivedPacketNo,
    });
  });

  server.post("/api/sync/exchange", { ...known, bodyLimit: largestBody }, async (request, reply) => {
    const node = nodeOf(request);
    const { packet_data: given } = read(exchangeSchema, request.body);
    const packet = validatePacket(typeof given === "string" ? await packets.decompress(given) : given);
    if (packet.node_id !== node.id)
      throw new SyncError(401, "unauthorized", "The packet is not of the token's node", "Send your own");
    const began = performance.now();
    const answer = await manager.exchange(node.id, packet);
    const ms = performance.now() - began;
    metrics?.exchanged(answer, ms);
    options.trace?.({
      node: node.code,
      packet: packet.packet_no,
      sent: packet.changes.length,
      served: answer.changes.length,
      ms,
    });
    const processed_count = answer.results.filter(({ status }) => status !== "parked").length;
    const error_count = answer.results.length - processed_count;
    const message =
      error_count > 0
        ? `${error_count} of ${answer.results.length} changes wait for a person`
        : "Sync completed successfully";
    return await sendCompressed(request, reply, {
      success: true,
      packet_data: answer,
      processed_count,
      error_count,
      message,
    });
  });

  server.get<{ Params: { id: string } }>("/api/sync/status/:id", known, async (request) => {
    const { id } = request.params;
    // What others do is not told, not even that they are there.
    if (request.syncNode && request.syncNode.id !== id) throw noNode();
    if (!isUuid(id)) throw noNode();
    return await nodeStatusOf(manager, id);
  });

  server.get("/api/sync/status", known, async (request) => {
    if (request.syncNode) return await nodeStatusOf(manager, request.syncNode.id);
    return await fleetOf(manager, (options.retention ?? defaultRetention).tombstones);
  });

  server.get("/api/sync/entities", known, async () => ({
    schema_version: manager.schemaVersion,
    entities: manager.entities,
  }));

  server.get("/api/sync/digest", known, async (request) => {
    const filters = request.syncNode?.filters ?? {};
    const tables = [];
    for (const entity of manager.entities) {
      const columns = entity.columns.map(({ name }) => name).sort();
      tables.push(await digestTable(manager.store, entity, columns, (row) => isVisible(filters, entity.name, row)));
    }
    return { tables };
  });

  server.get("/api/sync/conflicts", known, async (request) => {
    const sourceNode = request.syncNode?.id;
    return { conflicts: await manager.store.transaction(() => readHistory({ open: true, sourceNode })) };
  });

  server.post<{ Params: { id: string } }>(
    "/api/sync/conflicts/:id/resolve",
    { ...known, bodyLimit: largestBody },
    async (request) => {
      const { id } = request.params;
      const { choice } = read(resolveSchema, request.body);
      const sourceNode = request.syncNode?.id;
      const [own] = isUuid(id)
        ? await manager.store.transaction(() => readHistory({ id, sourceNode, open: true, limit: 1 }))
        : [];
      if (!own)
        throw new SyncError(
          404,
          "not-found",
          `No conflict ${id} waits for a decision of yours`,
          "GET /api/sync/conflicts lists those that do",
        );
      const { code: name, filters } = request.syncNode ?? { code: "administrator", filters: {} };
      return await manager.resolve(id, choice, { name, filters });
    },
  );

  server.get("/api/sync/openapi.json", async () => openApi(manager.schemaVersion));
  if (metrics) {
    server.get("/api/sync/metrics", known, async (request, reply) => {
      if (request.syncNode) throw noNode();
      return await reply.type(metrics.contentType).send(await metrics.render(manager));
    });
  }
}

function nodeOf({ syncNode }: FastifyRequest): SyncNode {
  if (!syncNode) throw new SyncError(401, "unauthorized", "This is for nodes", "Use a node's own token");
  return syncNode;
}

/** @throws SyncError 422 with the field */
function read<T>(schema: z.ZodType<T>, body: unknown): T {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const issue = explainIssue(parsed.error);
  const field = issue.slice(0, issue.indexOf(":"));
  throw new SyncError(422, "invalid-packet", issue, "GET /api/sync/openapi.json shows every field", { field });
}

async function sendCompressed(request: FastifyRequest, reply: FastifyReply, body: unknown): Promise<unknown> {
  const json = JSON.stringify(body);
  reply.type("application/json; charset=utf-8");
  if (json.length < worthCompressing || !/\bgzip\b/.test(String(request.headers["accept-encoding"] ?? ""))) {
    return await reply.send(json);
  }
  const packed = await pack(json, { level: constants.Z_BEST_SPEED });
  return await reply.header("content-encoding", "gzip").send(packed);
}

function noNode(): SyncError {
  return new SyncError(404, "not-found", "There is no such node", "Check the id");
}

function isUuid(text: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);
}

/** For a secret that nobody could show, or everybody. */
function unusable(name: string, most: string): UserError {
  return new UserError(`${name} must be 1 to ${most}`, { next: "Make one with: openssl rand -hex 32" });
}

function digestOf(secret: string): Buffer {
  return createHash("sha256").update(secret).digest();
}
