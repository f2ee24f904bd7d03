import { z } from "zod";
import { jsonPath } from "../../checks/conditions/json-path.ts";
import { type Matcher, matcher } from "../../checks/conditions/matcher.ts";
import { fields } from "../../checks/definitions/fields.ts";
import { duration } from "../../checks/types/common.ts";
import { queried } from "../../checks/types/rows.ts";

const text = z.string().min(1);
const headers = z.record(z.string().regex(/^[\w-]+$/, "must be a header's name"), matcher).default({});
const body = z.record(jsonPath, matcher).default({});

/** Which workflow, and how it is started. */
const call = fields({
  /** Name or id of a workflow in n8n … */
  workflow: text.optional(),
  /** … or the path of its webhook … */
  webhook: text.optional(),
  /** … or a file beside the definition, made in n8n for the test. */
  file: text.optional(),
  /** The node that starts it; needed when there are several. */
  start: text.optional(),
  /** Of the request to a webhook. */
  method: z.enum(["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"]).optional(),
  /** Where the webhook's own path has parameters: `orders/42` for `orders/:id`. */
  path: text.optional(),
  query: z.record(z.string(), z.string()).default({}),
  headers: z.record(z.string(), z.string()).default({}),
  body: z.json().optional(),
  /** What any other start gives to the workflow: one item, or a list of items. */
  input: z
    .union([z.record(z.string(), z.json()), z.array(z.record(z.string(), z.json()))], {
      error: "must be an object, or a list of objects",
    })
    .optional(),
}).refine(({ workflow, webhook, file }) => [workflow, webhook, file].filter(Boolean).length === 1, {
  error: "must name one of workflow, webhook and file",
});

/** What a call that reaches the catcher is answered with. */
const answer = fields({
  /** How the address that the workflow meant to call begins; without it: any. */
  url: text.optional(),
  method: text.optional(),
  status: z.int().min(200).max(599).default(200),
  headers: z.record(z.string(), z.string()).default({}),
  body: z.json().default({}),
});

const success: Matcher = { equals: "success" };

const expectation = fields({
  /** What the webhook answered. */
  response: fields({
    status: matcher.optional(),
    headers,
    body,
    text: matcher.optional(),
    /** ms. */
    latency: matcher.optional(),
  }).optional(),
  /** What n8n says of the execution. */
  execution: fields({
    status: matcher.default(success),
    /** These nodes, in this order; others may have run between them. */
    ran: z.array(text).default([]),
    notRan: z.array(text).default([]),
  }).prefault({}),
  /** ms from the call to the end of the execution. */
  within: duration.optional(),
  /** Calls that the workflow made to the catcher. */
  calls: z
    .array(fields({ url: matcher.optional(), method: matcher.optional(), headers, body, text: matcher.optional() }))
    .default([]),
  /** Rows and nodes that the workflow left behind. */
  postgres: z.array(fields({ database: text, query: text, ...queried })).default([]),
  neo4j: z.array(fields({ database: text.default("neo4j"), query: text, ...queried })).default([]),
});

/** A test of `checks/workflows/*.yml`; docs/workflow-tests.md explains each field. */
export const definitionSchema = fields({
  name: z.string().trim().min(1).max(100),
  /** Without it, the test does not run on production. */
  safe: z.literal("production").optional(),
  /** For the whole test, ms. */
  timeout: duration.default(30_000),
  /** A test of a service instead of a workflow. */
  service: z.enum(["letta", "open-webui"]).optional(),
  call: call.optional(),
  /** No test, but a period: the workflow, by name or id, must have succeeded on its own within it. */
  fresh: fields({ workflow: text, within: duration }).optional(),
  /** Nodes of an inactive workflow that may reach outside in the test. */
  allow: z.array(text).default([]),
  /** For a workflow from a file. */
  make: fields({
    /** Its Postgres nodes get a temporary credential for this database … */
    database: z.string().regex(/^[a-z_][a-z0-9_]*$/, "must be a database's name"),
    /** … and a temporary table with these columns, `${table}`. */
    table: text.optional(),
  }).optional(),
  answers: z.array(answer).default([]),
  expect: expectation.prefault({}),
  /** Points to time: `n8n` for the execution's start, a node's name for its end, `callback` for the last of `expect.calls`. */
  hops: z.array(text).default([]),
})
  .refine(({ call, service, fresh }) => [call, service, fresh].filter(Boolean).length === 1, {
    error: "must have one of call, service and fresh",
  })
  .refine(({ make, call }) => make === undefined || call?.file !== undefined, {
    path: ["make"],
    error: "is for a workflow from a file",
  });

export type WorkflowTest = z.output<typeof definitionSchema>;
export type Call = z.output<typeof call>;
export type Expectation = z.output<typeof expectation>;
