import { UserError } from "@understudy/core";
import type { Graph, Node, WorkflowDraft, WorkflowSettings } from "@understudy/n8n";
import { withoutOutside } from "./outside.ts";
import { webhookType } from "./start.ts";

export interface CopyRequest extends Graph {
  readonly name: string;
  readonly settings: WorkflowSettings;
  readonly start: Node;
  /** Unique: the copy's webhook is reached only by who knows it. */
  readonly nonce: string;
  /** Where its calls go instead of outside; without it they go where they go. */
  readonly catcher?: string;
  /** Nodes that may reach outside all the same. */
  readonly allow: readonly string[];
}

/** A node that an inactive workflow may not use in a test. */
export class ReachesOutside extends UserError {
  readonly node: string;

  constructor({ name, type }: Node) {
    super(`Node "${name}" (${type}) would reach outside`, {
      next: "Name it under allow: if it may, or activate the workflow, then it is tested as it is",
    });
    this.node = name;
  }
}

/** What decides how a workflow runs; the rest, its error workflow above all, is nothing for a test. */
const keptSettings = ["timezone", "executionTimeout", "executionOrder", "callerPolicy", "callerIds"];

/** What n8n takes for a node of a new workflow. */
const keptFields = [
  "id",
  "name",
  "type",
  "typeVersion",
  "position",
  "parameters",
  "credentials",
  "disabled",
  "webhookId",
  "executeOnce",
  "alwaysOutputData",
  "retryOnFail",
  "maxTries",
  "waitBetweenTries",
  "continueOnFail",
  "onError",
];

/** The webhook by which a copy is called whose own start is none. */
const entrance = "Understudy";

/**
 * A workflow to test in place of another one: what its start leads to, at a webhook of its own; every other node is switched
 * off. Where the start is no webhook, the webhook gives the start's items: `{"items":[…]}` in the body of a POST.
 * @returns the workflow; its first node is the webhook
 * @throws ReachesOutside when it has a catcher and a node that cannot be made to use it
 */
export function copyOf({ name, settings, start, nonce, catcher, allow, ...graph }: CopyRequest): WorkflowDraft {
  const reached = reachedFrom(start.name, graph);
  const nodes = graph.nodes
    .filter((node) => node !== start)
    .map((node) => (reached.has(node.name) ? harmless(node, catcher, allow) : switchedOff(node)));
  const starts = start.type === webhookType ? [moved(start, nonce)] : standIn(start, nonce, nodes);
  const [first] = starts;
  const entry = first &&
    first.name !== start.name && { [first.name]: { main: [[{ node: start.name, type: "main", index: 0 }]] } };
  return {
    name,
    nodes: [...starts, ...nodes].map((node) => pick(node, keptFields) as Node),
    connections: { ...graph.connections, ...entry },
    settings: { ...pick(settings, keptSettings), saveDataSuccessExecution: "all", saveDataErrorExecution: "all" },
  };
}

/** The nodes that run when one starts the workflow: those that follow, and those that serve one of them. */
export function reachedFrom(start: string, { connections }: Graph): ReadonlySet<string> {
  const reached = new Set([start]);
  const edges = Object.entries(connections).flatMap(([source, kinds]) =>
    Object.entries(kinds).flatMap(([kind, outputs = []]) =>
      outputs.flatMap((output) =>
        (output ?? []).map(({ node }) => (kind === "main" ? [source, node] : [node, source])),
      ),
    ),
  );
  for (let before = 0; before < reached.size; ) {
    before = reached.size;
    for (const [from = "", to = ""] of edges) if (reached.has(from)) reached.add(to);
  }
  return reached;
}

/** Still there, because others may ask whether it ran. */
function switchedOff({ credentials: _, ...node }: Node): Node {
  return { ...node, disabled: true };
}

function harmless(node: Node, catcher: string | undefined, allow: readonly string[]): Node {
  if (!catcher || allow.includes(node.name)) return node;
  const safe = withoutOutside(node, catcher);
  if (!safe) throw new ReachesOutside(node);
  return safe;
}

function moved(webhook: Node, nonce: string): Node {
  const path = String(webhook.parameters.path ?? "").replace(/^\/+/, "");
  return { ...webhook, webhookId: nonce, parameters: { ...webhook.parameters, path: `${nonce}/${path}` } };
}

/** A webhook, and a node in the start's place and of its name that passes on what came. */
function standIn(start: Node, nonce: string, others: readonly Node[]): Node[] {
  const answers = others.some(({ type, disabled }) => type === "n8n-nodes-base.respondToWebhook" && !disabled);
  const position = start.position ?? [0, 0];
  return [
    {
      name: unused(entrance, [start, ...others]),
      type: webhookType,
      typeVersion: 2,
      position: [(position[0] ?? 0) - 200, position[1] ?? 0],
      webhookId: nonce,
      parameters: {
        path: nonce,
        httpMethod: "POST",
        responseMode: answers ? "responseNode" : "onReceived",
        options: {},
      },
    },
    {
      name: start.name,
      type: "n8n-nodes-base.splitOut",
      typeVersion: 1,
      position,
      parameters: { fieldToSplitOut: "body.items", options: {} },
    },
  ];
}

function unused(name: string, nodes: readonly Node[]): string {
  return nodes.some((node) => node.name === name) ? unused(`${name}*`, nodes) : name;
}

function pick<Whole extends object>(from: Whole, names: readonly string[]): Partial<Whole> {
  return Object.fromEntries(Object.entries(from).filter(([name]) => names.includes(name))) as Partial<Whole>;
}
