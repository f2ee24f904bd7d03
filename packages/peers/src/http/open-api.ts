import { z } from "zod";
import { jobNames, progressSchema } from "../remote/jobs.ts";
import { pageSchema } from "../side/side.ts";
import { chunkSchema } from "../transfer/chunk.ts";
import {
  addPeerSchema,
  beginSchema,
  compareSchema,
  endSchema,
  enrolSchema,
  fullSyncSchema,
  initiateBackupSchema,
  pageBodySchema,
  progressBodySchema,
  restoreBackupSchema,
  smallBackupSchema,
} from "./schemas.ts";

const errors = {
  401: "no token or session, or a wrong one",
  403: "the address is not on the allow-list, or the role may not",
  404: "there is no such thing, or it is not the caller's",
  409: "not now, or not between these two: `error.message` says why",
  410: "the session has ended",
  413: "the body is too large",
  422: "a field is wrong: `error.message` says which and why",
  426: "the protocol versions do not go together",
  429: "too many failed attempts: come again after `retry-after` seconds",
} as const;

interface Operation {
  readonly method: "get" | "post" | "delete";
  readonly path: string;
  readonly summary: string;
  readonly body?: z.ZodType;
  readonly answer?: z.ZodType;
  readonly status?: number;
}

const operations: readonly Operation[] = [
  { method: "get", path: "/api/sync/peer", summary: "Who this server is" },
  { method: "post", path: "/api/sync/peers", summary: "Accept an invitation", body: enrolSchema },
  { method: "post", path: "/api/sync/sessions", summary: "Begin a session, or go on with it", body: beginSchema },
  { method: "post", path: "/api/sync/end", summary: "End a session (sessionId)", body: endSchema },
  { method: "post", path: "/api/sync/progress", summary: "How far the driver is", body: progressBodySchema },
  { method: "get", path: "/api/sync/look", summary: "Tables, keys, free disk (sessionId)" },
  {
    method: "post",
    path: "/api/sync/compare",
    summary: "Begin to digest the target's rows",
    body: compareSchema,
    status: 202,
  },
  {
    method: "post",
    path: "/api/sync/initiate-backup",
    summary: "Begin a backup in chunks",
    body: initiateBackupSchema,
    status: 202,
  },
  { method: "get", path: "/api/sync/chunk", summary: "A chunk's bytes (sessionId, no); zstd where it is accepted" },
  { method: "get", path: "/api/sync/chunks", summary: "Numbers of the chunks that arrived (sessionId)" },
  {
    method: "post",
    path: "/api/sync/receive-backup",
    summary: "A chunk as a stream (sessionId; header x-chunk: base64url of its JSON), or a small backup as base64",
    body: z.union([smallBackupSchema, chunkSchema]),
  },
  {
    method: "post",
    path: "/api/sync/restore-backup",
    summary: "Begin to write what arrived",
    body: restoreBackupSchema,
    status: 202,
  },
  {
    method: "get",
    path: "/api/sync/backup-progress",
    summary: `How far a job is (sessionId, job: ${jobNames.join(", ")})`,
    answer: progressSchema,
  },
  { method: "get", path: "/api/sync/result", summary: "What a job came to (sessionId, job)" },
  { method: "post", path: "/api/sync/page", summary: "A page of rows", body: pageBodySchema, answer: pageSchema },
  { method: "get", path: "/api/sync/sequences", summary: "Where sequences stand (sessionId)" },
  { method: "get", path: "/api/admin/sync/peers", summary: "This server and its peers" },
  { method: "post", path: "/api/admin/sync/peers", summary: "Add a peer", body: addPeerSchema, status: 201 },
  { method: "delete", path: "/api/admin/sync/peers/{nodeId}", summary: "Forget a peer" },
  {
    method: "post",
    path: "/api/admin/sync/full-sync",
    summary: "Start a full sync",
    body: fullSyncSchema,
    status: 202,
  },
  { method: "get", path: "/api/admin/sync/full-sync/sessions", summary: "Sessions, newest first (limit, before)" },
  { method: "get", path: "/api/admin/sync/full-sync/sessions/{sessionId}", summary: "A session with its log" },
  { method: "get", path: "/api/admin/sync/full-sync/sessions/{sessionId}/log", summary: "Its log (after)" },
  { method: "post", path: "/api/admin/sync/full-sync/sessions/{sessionId}/cancel", summary: "Cancel it" },
  {
    method: "post",
    path: "/api/admin/sync/full-sync/sessions/{sessionId}/resume",
    summary: "Go on with it",
    status: 202,
  },
  { method: "post", path: "/api/admin/sync/full-sync/clear-stuck", summary: "End what nobody drives any more" },
  { method: "get", path: "/api/admin/sync/events", summary: "Server-sent events: session, log, periodic" },
  { method: "get", path: "/api/admin/sync/periodic", summary: "How the periodic sync is doing" },
  { method: "get", path: "/api/admin/sync/openapi.json", summary: "This document" },
];

/** The agent's interface as OpenAPI 3.1, made from the schemas that requests are checked by. */
export function openApi(): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const { method, path, summary, body, answer, status = 200 } of operations) {
    paths[path] ??= {};
    paths[path][method] = {
      summary,
      security: [{ bearer: [] }],
      ...(body ? { requestBody: json(body, "input") } : {}),
      responses: {
        [status]: { description: "done", ...(answer ? json(answer, "output") : {}) },
        ...Object.fromEntries(Object.entries(errors).map(([code, description]) => [code, { description }])),
      },
    };
  }
  return {
    openapi: "3.1.0",
    info: { title: "Understudy full sync", version: "1" },
    components: { securitySchemes: { bearer: { type: "http", scheme: "bearer" } } },
    paths,
  };
}

function json(schema: z.ZodType, io: "input" | "output") {
  return { content: { "application/json": { schema: z.toJSONSchema(schema, { io, unrepresentable: "any" }) } } };
}
