import type { Transport } from "@understudy/records";
import { readAnswer, SyncError } from "@understudy/records";
import { z } from "zod";
import { AgentError } from "../agent-error.ts";
import type { PeerClient } from "../remote/peer-client.ts";

const enrolledSchema = z.object({
  node_id: z.string(),
  auth_token: z.string(),
  server_version: z.string(),
  received_packet_no: z.number(),
});

const entitiesSchema = z.object({ entities: z.array(z.any()) });
const exchangeSchema = z.object({ packet_data: z.unknown() });

/**
 * A node's way to its server through the peer's agent: over the connection that is pinned, with the peer's token to get in and the node's
 * own for what it exchanges.
 */
export function peerTransport(client: PeerClient, nodeClient: (token: string) => Promise<PeerClient>): Transport {
  /** ms: the engine tries again by itself. */
  const patience = 0;
  const asNode = async <T>(
    token: string,
    method: "GET" | "POST",
    path: string,
    schema: z.ZodType<T>,
    body?: unknown,
  ) => {
    const own = await nodeClient(token);
    try {
      return await own.call(method, path, schema, { patience, ...(body === undefined ? {} : { body }) });
    } catch (error) {
      throw asSyncError(error);
    } finally {
      own.close();
    }
  };
  return {
    register: async (request) => {
      try {
        return await client.call("POST", "/api/sync/nodes", enrolledSchema, { body: request, patience });
      } catch (error) {
        throw asSyncError(error);
      }
    },
    exchange: async (token, packet) => {
      const { packet_data } = await asNode(token, "POST", "/api/sync/exchange", exchangeSchema, {
        packet_data: packet,
      });
      const answer = readAnswer(packet_data);
      if (typeof answer === "string")
        throw new SyncError(502, "server-error", `${client.name} does not answer as a sync server: ${answer}`);
      return answer;
    },
    entities: async (token) => (await asNode(token, "GET", "/api/sync/entities", entitiesSchema)).entities,
    digest: async (token) =>
      (await asNode(token, "GET", "/api/sync/digest", z.object({ tables: z.array(z.any()) }))).tables,
    resolve: (token, id, choice) =>
      asNode(token, "POST", `/api/sync/conflicts/${encodeURIComponent(id)}/resolve`, z.any(), { choice }),
  };
}

/** The engine decides by these what to try again, and what to register anew for. */
function asSyncError(error: unknown): unknown {
  if (!(error instanceof AgentError)) return error;
  const code = error.status === 0 ? "unreachable" : error.status === 401 ? "unauthorized" : "server-error";
  return new SyncError(error.status, code, error.message, error.next, { cause: error });
}
