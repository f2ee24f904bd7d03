import { z } from "zod";
import { answerSchema, packetSchema } from "../packet/packet.ts";
import { exchangeSchema, registerSchema, resolveSchema } from "./schemas.ts";

const errors = {
  401: "the token is missing, unknown, revoked or expired, or not of this node: register again",
  404: "there is no such node or conflict, or it is not the caller's",
  409: "the packet is out of step: register again",
  413: "the request, or what it unpacks to, is too large",
  422: "a field is wrong: `error.field` and `error.message` say which and why",
  426: "the schema versions do not go together: upgrade the older side",
  429: "too many attempts: come again after `retry-after` seconds",
  500: "the server failed: the same packet can be sent again",
} as const;

/** The interface as OpenAPI 3.1, made from the schemas that requests are checked by. */
export function openApi(version: string): object {
  const json = (schema: z.ZodType, io: "input" | "output" = "input") => ({
    content: { "application/json": { schema: z.toJSONSchema(schema, { io, unrepresentable: "any" }) } },
  });
  const answered = (description: string, ...codes: (keyof typeof errors)[]) => ({
    200: { description },
    ...Object.fromEntries(codes.map((code) => [code, { description: errors[code] }])),
  });
  const bearer = { security: [{ bearer: [] }] };
  return {
    openapi: "3.1.0",
    info: { title: "Understudy records", version },
    components: {
      securitySchemes: { bearer: { type: "http", scheme: "bearer" } },
      schemas: {
        Packet: z.toJSONSchema(packetSchema, { io: "input", unrepresentable: "any" }),
        Answer: z.toJSONSchema(answerSchema, { unrepresentable: "any" }),
      },
    },
    paths: {
      "/api/sync/register": {
        post: {
          summary: "Take part, or get a new token",
          requestBody: json(registerSchema),
          responses: {
            201: {
              description: "node_id, auth_token (shown this once), token_expires, server_version, received_packet_no",
            },
            401: { description: errors[401] },
            409: { description: "the code is taken" },
            422: { description: errors[422] },
            429: { description: errors[429] },
          },
        },
      },
      "/api/sync/exchange": {
        post: {
          summary: "Send a packet, get its answer",
          ...bearer,
          requestBody: json(exchangeSchema),
          responses: answered(
            "success, packet_data (Answer), processed_count, error_count, message",
            401,
            409,
            413,
            422,
            426,
            429,
            500,
          ),
        },
      },
      "/api/sync/status/{node_id}": {
        get: {
          summary: "How far a node is",
          ...bearer,
          parameters: [{ name: "node_id", in: "path", required: true, schema: { type: "string", format: "uuid" } }],
          responses: answered("the node's status", 401, 404),
        },
      },
      "/api/sync/status": {
        get: {
          summary: "The caller's status; all nodes' for the administrator",
          ...bearer,
          responses: answered("status", 401),
        },
      },
      "/api/sync/entities": {
        get: { summary: "The tables that take part", ...bearer, responses: answered("entities", 401) },
      },
      "/api/sync/digest": {
        get: { summary: "What tells the tables' rows from others", ...bearer, responses: answered("tables", 401) },
      },
      "/api/sync/conflicts": {
        get: { summary: "What waits for a person", ...bearer, responses: answered("conflicts", 401) },
      },
      "/api/sync/conflicts/{id}/resolve": {
        post: {
          summary: "Decide a conflict",
          ...bearer,
          parameters: [{ name: "id", in: "path", required: true, schema: { type: "string", format: "uuid" } }],
          requestBody: json(resolveSchema),
          responses: answered("the conflict", 401, 404, 422),
        },
      },
      "/api/sync/metrics": {
        get: {
          summary: "For Prometheus, with the administrator's token",
          ...bearer,
          responses: answered("metrics", 401, 404),
        },
      },
    },
  };
}
