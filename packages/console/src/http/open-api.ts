import { z } from "zod";
import { problemSchema } from "../contract/problem.ts";
import type { Route } from "./route.ts";

/** The API as OpenAPI 3.1, made from the very routes that are served. Pure. */
export function openApi(routes: readonly Route[], version: string): object {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const one of routes) {
    const path = one.path.replaceAll(/:(\w+)/g, "{$1}");
    paths[path] = { ...paths[path], [one.method.toLowerCase()]: operation(one) };
  }
  return {
    openapi: "3.1.0",
    info: { title: "Understudy console", version },
    components: {
      securitySchemes: {
        session: { type: "apiKey", in: "cookie", name: "understudy" },
        token: { type: "http", scheme: "bearer" },
      },
      schemas: { Problem: schemaOf(problemSchema) },
    },
    paths,
  };
}

function operation({ summary, who, params, query, body, answer, status = 200 }: Route): object {
  const problem = (description: string) => ({
    description,
    content: { "application/json": { schema: { $ref: "#/components/schemas/Problem" } } },
  });
  return {
    summary,
    ...(who === "anybody" ? { security: [] } : { security: [{ session: [] }, { token: [] }] }),
    parameters: [...parametersOf("path", params), ...parametersOf("query", query)],
    ...(body ? { requestBody: { required: true, content: { "application/json": { schema: schemaOf(body) } } } } : {}),
    responses: {
      [status]: {
        description: "Done",
        content: answer
          ? { "application/json": { schema: schemaOf(answer, "output") } }
          : { "text/event-stream": { schema: { type: "string" } } },
      },
      ...(who === "anybody" ? {} : { 401: problem("Not logged in, or a wrong token") }),
      ...(who === "operator" ? { 403: problem("A viewer, or not the console's own page") } : {}),
      422: problem("A field is wrong, or what was asked cannot be done: message and next say why"),
      429: problem("Too many attempts: come again after retry-after seconds"),
    },
  };
}

function parametersOf(place: "path" | "query", schema: z.ZodType | undefined): object[] {
  if (!schema) return [];
  const { properties = {}, required = [] } = schemaOf(schema) as {
    properties?: Record<string, object>;
    required?: string[];
  };
  return Object.entries(properties).map(([name, of]) => ({
    name,
    in: place,
    required: place === "path" || required.includes(name),
    schema: of,
  }));
}

function schemaOf(schema: z.ZodType, io: "input" | "output" = "input"): object {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: "any" });
  return rest;
}
