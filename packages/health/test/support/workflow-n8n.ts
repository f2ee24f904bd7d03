import { setTimeout as sleep } from "node:timers/promises";
import type { Node, Workflow, WorkflowDraft } from "@understudy/n8n";

/** The n8n of a deployed staging, as a test uses it: over its public address and API. */
export class TestN8n {
  readonly #url: string;
  readonly #key: string;

  constructor(url: string, key: string) {
    this.#url = url;
    this.#key = key;
  }

  async create(workflow: Partial<WorkflowDraft>, active = false): Promise<Workflow> {
    const created = await this.call<Workflow>("POST", "/workflows", { connections: {}, settings: {}, ...workflow });
    if (active) await this.call("POST", `/workflows/${created.id}/activate`, {});
    const [webhook] = created.nodes.filter(({ type }) => type === "n8n-nodes-base.webhook");
    if (active && webhook) await this.#answers(String(webhook.parameters.path));
    return created;
  }

  /** Change an active workflow and publish it; n8n takes a moment for that. */
  async update(id: string, { name, nodes, connections, settings }: WorkflowDraft): Promise<void> {
    await this.call("PUT", `/workflows/${id}`, { name, nodes, connections, settings });
    await this.call("POST", `/workflows/${id}/activate`, {});
    await sleep(2_000);
  }

  get(id: string): Promise<Workflow> {
    return this.call("GET", `/workflows/${id}`);
  }

  async list(): Promise<Workflow[]> {
    return (await this.call<{ data: Workflow[] }>("GET", "/workflows?limit=250")).data;
  }

  async executions(workflowId: string): Promise<{ id: string; status: string; mode: string }[]> {
    const path = `/executions?workflowId=${workflowId}`;
    return (await this.call<{ data: { id: string; status: string; mode: string }[] }>("GET", path)).data;
  }

  async remove(id: string): Promise<void> {
    await this.call("POST", `/workflows/${id}/deactivate`, {});
    for (let tries = 0; ; tries++) {
      const answer = await this.#request("DELETE", `/workflows/${id}`);
      if (answer.ok || answer.status === 404) return;
      if (tries > 100) throw new Error(await answer.text());
      await sleep(100);
    }
  }

  async call<Answer>(method: string, path: string, body?: unknown): Promise<Answer> {
    const answer = await this.#request(method, path, body);
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as Answer;
  }

  #request(method: string, path: string, body?: unknown): Promise<Response> {
    return fetch(`${this.#url}/api/v1${path}`, {
      method,
      headers: { "x-n8n-api-key": this.#key, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  }

  /** A webhook of another method answers 404 too, but differently. */
  async #answers(path: string): Promise<void> {
    for (let tries = 0; tries < 100; tries++) {
      const answer = await fetch(`${this.#url}/webhook/${path}`, { method: "OPTIONS" });
      if (answer.status !== 404) return;
      await sleep(100);
    }
    throw new Error(`webhook ${path} was not registered`);
  }
}

export function node(name: string, type: string, parameters: Record<string, unknown> = {}, typeVersion = 1): Node {
  return { name, type: `n8n-nodes-base.${type}`, typeVersion, position: [0, 0], parameters };
}

export function webhook(path: string, parameters: Record<string, unknown> = {}): Node {
  const all = { path, httpMethod: "POST", responseMode: "lastNode", options: {}, ...parameters };
  return { ...node("Webhook", "webhook", all, 2), webhookId: path };
}

export function code(name: string, jsCode: string): Node {
  return node(name, "code", { jsCode }, 2);
}

/** A POST with a JSON body; `url` and `body` may be expressions. */
export function call(name: string, url: string, body: string): Node {
  return node(
    name,
    "httpRequest",
    { method: "POST", url, sendBody: true, specifyBody: "json", jsonBody: body, options: {} },
    4.2,
  );
}

/** One node after the other. */
export function chain(...nodes: Node[]): Pick<WorkflowDraft, "nodes" | "connections"> {
  const pairs = nodes.slice(1).map((to, index) => [nodes[index]?.name ?? "", to.name] as const);
  const connections = pairs.map(([from, to]) => [from, { main: [[{ node: to, type: "main", index: 0 }]] }]);
  return { nodes, connections: Object.fromEntries(connections) };
}
