import { UserError } from "@understudy/core";
import { type Node, n8nPort } from "@understudy/n8n";
import { containerEnv } from "../../checks/container-env.ts";
import type { Call } from "../definitions/definition.ts";
import type { Ground } from "../ground.ts";
import { methodsOf, pathOf, withoutSlashes } from "./start.ts";

/** How a webhook is called from inside the stack. */
export interface WebhookRequest {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/**
 * The request of a definition.
 * @param moved what the path of a copy's webhook begins with
 * @throws UserError when the webhook's path has parameters, and the definition does not say which
 */
export function webhookRequest(ground: Ground, webhook: Node, call: Call, moved?: string): WebhookRequest {
  const { path, query, headers, body, method = methodsOf(webhook)[0] ?? "GET" } = call;
  const own = pathOf(webhook);
  // n8n puts the webhook's id before a path with parameters.
  const id = own.includes(":") ? webhook.webhookId : undefined;
  if (id !== undefined && path === undefined) {
    throw new UserError(`The webhook's path "${own}" has parameters`, {
      next: "Say in call.path what to call, such as orders/42",
    });
  }
  const parts = path === undefined ? [id, own] : [id, moved, withoutSlashes(path)];
  const url = addressOf(ground, parts);
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  if (body === undefined) return { url: url.href, method, headers };
  if (typeof body === "string") return { url: url.href, method, headers, body };
  return { url: url.href, method, headers: { ...json, ...headers }, body: JSON.stringify(body) };
}

/** The request to the webhook that stands in for another start: the items that the start is to give. */
export function itemsRequest(ground: Ground, webhook: Node, { input = {} }: Call): WebhookRequest {
  const body = JSON.stringify({ items: [input].flat() });
  return { url: addressOf(ground, [pathOf(webhook)]).href, method: "POST", headers: json, body };
}

const json = { "content-type": "application/json" };

function addressOf({ containers }: Pick<Ground, "containers">, path: readonly (string | undefined)[]): URL {
  const { N8N_ENDPOINT_WEBHOOK: endpoint = "webhook" } = containerEnv(containers.get("n8n"));
  return new URL(`http://n8n:${n8nPort}/${[endpoint, ...path].filter(Boolean).join("/")}`);
}
