import { createHash } from "node:crypto";
import { addAbortSignal, pipeline, Readable, Transform } from "node:stream";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { AgentError } from "../agent-error.ts";
import { type Chunk, chunkSchema } from "../transfer/chunk.ts";
import { unzstd } from "../transfer/compression.ts";
import type { PassiveSessions } from "./passive-sessions.ts";
import { sessionQuery, smallBackupSchema } from "./schemas.ts";
import { read } from "./send-error.ts";

/** The base64 form is for what fits into memory several times. */
const smallBackup = 8_000_000;
/** A chunk that comes slower than that, ms between two pieces, is given up. */
const idle = 30_000;

/** A chunk of a session comes in: as a stream, or as designed first, as base64 of one body. */
export function addReceiveBackup(
  server: FastifyInstance,
  enter: (request: FastifyRequest, sessionId: string) => Promise<PassiveSessions>,
): void {
  server.addContentTypeParser("application/octet-stream", (_request, payload, done) => done(null, payload));
  server.post("/api/sync/receive-backup", { bodyLimit: 2 * smallBackup }, async (request) => {
    const { sessionId, chunk, bytes } = isStream(request.body)
      ? streamed(request, request.body)
      : whole(read(smallBackupSchema, request.body));
    const sessions = await enter(request, sessionId);
    const limited = pipeline(bytes(), sessions.bandwidth.limit(), () => {});
    await sessions.side.write(sessionId, chunk, addAbortSignal(sessions.signal(sessionId), limited));
    return { received: true, size: chunk.bytes };
  });
}

interface Received {
  readonly sessionId: string;
  readonly chunk: Chunk;
  /** Opened only for who may send it. */
  bytes(): Readable;
}

function streamed({ query, headers }: FastifyRequest, body: Readable): Received {
  const { sessionId } = read(sessionQuery, query);
  const chunk = read(chunkSchema, decode(String(headers["x-chunk"] ?? "")));
  const bytes = () => {
    const steady = pipeline(body, endWhenIdle(), () => {});
    return headers["content-encoding"] === "zstd" ? pipeline(steady, unzstd(), () => {}) : steady;
  };
  return { sessionId, chunk, bytes };
}

function whole({ sessionId, backupContent, filename, table }: ReturnType<typeof smallBackupSchema.parse>): Received {
  const content = Buffer.from(backupContent, "base64");
  if (content.length > smallBackup)
    throw new AgentError(413, "too-large", "The backup is too large for one body", "Send it as chunks");
  const sha256 = createHash("sha256").update(content).digest("hex");
  const no = Number(filename.slice("chunk-".length));
  const chunk = read(chunkSchema, { no, table, bytes: content.length, sha256 });
  return { sessionId, chunk, bytes: () => Readable.from([content]) };
}

function isStream(body: unknown): body is Readable {
  return typeof (body as { pipe?: unknown } | null)?.pipe === "function";
}

/** @returns undefined for what is no JSON */
function decode(header: string): unknown {
  try {
    return JSON.parse(Buffer.from(header, "base64url").toString());
  } catch {
    return undefined;
  }
}

/** A stream that fails when nothing comes for too long. */
function endWhenIdle(): Transform {
  const slow = new AgentError(408, "slow", `Nothing came for ${idle / 1_000} s`, "Send it again");
  const timer = setTimeout(() => steady.destroy(slow), idle);
  const steady = new Transform({
    transform: (part: Buffer, _, done) => {
      timer.refresh();
      done(null, part);
    },
  });
  return steady.once("close", () => clearTimeout(timer));
}
