import type { Graph, Node } from "@understudy/n8n";

type Reader = (node: Node) => readonly string[];

/** Nodes that n8n registers an address for, with the parameters that make it. */
const readers: Readonly<Record<string, Reader>> = {
  "n8n-nodes-base.webhook": ({ parameters, webhookId }) => {
    const { httpMethod = "GET", path, multipleMethods } = parameters;
    const methods = [multipleMethods ? httpMethod : [httpMethod].flat()[0]].flat();
    return methods.map((method) => `${method} /webhook/${text(path) ?? webhookId}`);
  },
  "n8n-nodes-base.formTrigger": ({ parameters, webhookId }) => {
    const { path, options } = parameters as { path?: unknown; options?: { path?: unknown } };
    return [`form /form/${text(path) ?? text(options?.path) ?? webhookId}`];
  },
  "@n8n/n8n-nodes-langchain.chatTrigger": ({ webhookId }) => [`chat /webhook/${webhookId}/chat`],
  "@n8n/n8n-nodes-langchain.mcpTrigger": ({ parameters, webhookId }) => [
    `mcp /mcp/${text(parameters.path) ?? webhookId}`,
  ],
};

/** Addresses that a workflow answers at when it is live, e.g. `POST /webhook/orders`. Computed ones are not known. */
export function webhooksOf({ nodes }: Graph): string[] {
  const live = nodes.filter(({ type, disabled }) => !disabled && Object.hasOwn(readers, type));
  const found = live.flatMap((node) => readers[node.type]?.(node) ?? []);
  return [...new Set(found)].filter((address) => !address.includes("/=")).toSorted();
}

function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value.replaceAll(/^\/|\/$/g, "") : undefined;
}
