import { z } from "zod";
import type { Check, CheckContext, Observation } from "../check.ts";
import { jsonPath, valueAt } from "../conditions/json-path.ts";
import { judge } from "../conditions/judge.ts";
import { describeMatcher, type Matcher, matcher } from "../conditions/matcher.ts";
import { fields } from "../definitions/fields.ts";
import { type HttpAnswer, httpRequest } from "../http-request.ts";
import { logsOf } from "../words.ts";
import { addressOf, base, type CheckType, definition } from "./common.ts";

const success: Matcher = { between: [200, 299] };

const schema = definition("http", "host", {
  /** From anywhere … */
  url: z.url({ protocol: /^https?$/, error: "must be an address with http:// or https://" }).optional(),
  /** … or a port of the service's own container. */
  port: z.int().min(1).max(65_535).optional(),
  path: z.string().startsWith("/").default("/"),
  method: z.enum(["GET", "HEAD", "POST", "PUT", "OPTIONS"]).default("GET"),
  headers: z.record(z.string(), z.string()).default({}),
  body: z.string().optional(),
  followRedirects: z.boolean().default(false),
  expect: fields({
    status: matcher.default(success),
    headers: z.record(z.string(), matcher).default({}),
    /** By JSONPath. */
    body: z.record(jsonPath, matcher).default({}),
    /** The body as text. */
    text: matcher.optional(),
    /** ms until the headers have come. */
    latency: matcher.optional(),
  }).prefault({}),
}).refine(({ url, port }) => (url === undefined) !== (port === undefined), {
  path: ["url"],
  error: "give either url, or service and port",
});

type Definition = z.output<typeof schema>;

/** Asks a web server once. */
export const http: CheckType<typeof schema> = {
  type: "http",
  schema,
  make: (definition): Check => ({
    ...base(definition, { unit: "ms", bad: "above" }),
    expected: `status ${describeMatcher(definition.expect.status)}`,
    needs: definition.port ? [definition.service] : [],
    look: async (context, signal) => {
      const { method, headers, body, followRedirects } = definition;
      const url = await urlOf(definition, context);
      const observed = observe(definition, await httpRequest({ url, method, headers, body, followRedirects }, signal));
      return definition.port ? { ...observed, next: logsOf(context, definition.service) } : observed;
    },
  }),
};

async function urlOf({ url, service, port, path }: Definition, context: CheckContext): Promise<URL> {
  if (!port) return new URL(url ?? "");
  const address = await addressOf(context, service, port);
  return new URL(path, `http://${address.host.includes(":") ? `[${address.host}]` : address.host}:${address.port}`);
}

function observe({ expect }: Definition, answer: HttpAnswer): Observation {
  const { status, headers, text, latency } = answer;
  const document = Object.keys(expect.body).length ? parse(answer) : undefined;
  const conditions = [
    { what: "status", value: status, matcher: expect.status },
    ...Object.entries(expect.headers).map(([name, matcher]) => {
      return { what: `header ${name}`, value: headers[name.toLowerCase()], matcher };
    }),
    { what: "latency in ms", value: latency, matcher: expect.latency },
    ...(typeof document === "string"
      ? [{ what: "body", value: document, matcher: { equals: "JSON" } }]
      : Object.entries(expect.body).map(([path, matcher]) => {
          return { what: `body ${path}`, value: valueAt(path, document?.json), matcher };
        })),
    { what: "text", value: text, matcher: expect.text },
  ];
  const judged = judge(conditions, `status ${status} in ${latency} ms`);
  return {
    ...judged,
    measured: latency,
    figures: { latency_ms: latency, status },
    ...(judged.ok
      ? {}
      : {
          lines: text
            .split("\n")
            .slice(0, 5)
            .map((line) => line.slice(0, 300)),
        }),
  };
}

/** Or in words, why it is no JSON. */
function parse({ text, cut }: HttpAnswer): { json: unknown } | string {
  if (cut) return "larger than 1 MiB, not read to its end";
  try {
    return { json: JSON.parse(text) };
  } catch {
    return text.trim() === "" ? "empty" : "not JSON";
  }
}
