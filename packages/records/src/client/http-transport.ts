import { messageOf } from "@understudy/core/light";
import type { Lost } from "../books/history.ts";
import type { Entity } from "../entity.ts";
import { compress } from "../packet/compression.ts";
import { type Answer, type Packet, readAnswer } from "../packet/packet.ts";
import type { TableDigest } from "../store/digest.ts";
import { SyncError, type SyncErrorCode } from "../sync-error.ts";
import type { Enrolled, Transport } from "./transport.ts";

export interface HttpOptions {
  /** Compress packets. True unless told. */
  readonly compression?: boolean;
  /** How long an answer may take, ms. 300 s unless told. */
  readonly timeout?: number;
}

/** The way over HTTP. @param serverUrl e.g. `https://sync.example.org` */
export function httpTransport(serverUrl: string, options: HttpOptions = {}): Transport {
  const { compression = true, timeout = 300_000 } = options;
  const call = async <T>(method: "GET" | "POST", path: string, token?: string, body?: unknown): Promise<T> => {
    const url = new URL(`/api/sync/${path}`, serverUrl);
    let response: Response;
    let text: string;
    try {
      response = await fetch(url, {
        method,
        headers: {
          ...(token ? { authorization: `Bearer ${token}` } : {}),
          ...(body === undefined ? {} : { "content-type": "application/json" }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(timeout),
      });
      text = await response.text();
    } catch (error) {
      const why = messageOf((error as Error).cause ?? error);
      throw new SyncError(
        0,
        "unreachable",
        `${url.origin} cannot be reached: ${why}`,
        "Check the network and the address",
        { cause: error },
      );
    }
    const said = parse(text);
    if (!response.ok) throw refusal(url, response, said);
    if (said === undefined)
      throw new SyncError(502, "server-error", `${url.origin} answers with something that is no JSON`);
    return said as T;
  };
  return {
    register: (request) => call<Enrolled>("POST", "register", undefined, request),
    async exchange(token: string, packet: Packet): Promise<Answer> {
      // Who has nothing to say has nothing to compress.
      const packet_data = compression && packet.changes.length > 0 ? await compress(packet) : packet;
      const { packet_data: data } = await call<{ packet_data: unknown }>("POST", "exchange", token, { packet_data });
      const answer = readAnswer(data);
      if (typeof answer === "string")
        throw new SyncError(502, "server-error", `${serverUrl} does not answer as a sync server: ${answer}`);
      return answer;
    },
    entities: async (token) => (await call<{ entities: Entity[] }>("GET", "entities", token)).entities,
    digest: async (token) => (await call<{ tables: TableDigest[] }>("GET", "digest", token)).tables,
    resolve: (token, id, choice) =>
      call<Lost>("POST", `conflicts/${encodeURIComponent(id)}/resolve`, token, { choice }),
  };
}

/** What the server said of itself, where it did: what stands between may say something else. */
function refusal(url: URL, { status, headers }: Response, said: unknown): SyncError {
  const { error } = (said ?? {}) as {
    error?: { code?: SyncErrorCode; message?: string; next?: string; field?: string };
  };
  const retryAfter = Number(headers.get("retry-after"));
  return new SyncError(
    status,
    error?.code ?? (status === 429 ? "too-many-requests" : "server-error"),
    error?.message ?? `${url.origin} answers ${status}`,
    error?.next,
    { ...(error?.field ? { field: error.field } : {}), ...(retryAfter > 0 ? { retryAfter } : {}) },
  );
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
