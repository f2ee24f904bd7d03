import type { Node } from "@understudy/n8n";

/** Nodes of n8n's own that work on data and reach nothing outside of it. */
const harmless: ReadonlySet<string> = new Set(
  [
    "aggregate",
    "compareDatasets",
    "compression",
    "convertToFile",
    "crypto",
    "dateTime",
    "editImage",
    "errorTrigger",
    "executeWorkflowTrigger",
    "executionData",
    "extractFromFile",
    "filter",
    "formTrigger",
    "html",
    "htmlExtract",
    "if",
    "itemLists",
    "jwt",
    "limit",
    "manualTrigger",
    "markdown",
    "merge",
    "moveBinaryData",
    "noOp",
    "readPDF",
    "removeDuplicates",
    "renameKeys",
    "respondToWebhook",
    "scheduleTrigger",
    "set",
    "sort",
    "splitInBatches",
    "splitOut",
    "spreadsheetFile",
    "start",
    "stickyNote",
    "stopAndError",
    "summarize",
    "switch",
    "totp",
    "wait",
    "webhook",
    "xml",
  ].map((name) => `n8n-nodes-base.${name}`),
);

/** Nodes that run a person's code: harmless while it only computes. */
const code: ReadonlySet<string> = new Set(["code", "function", "functionItem"].map((name) => `n8n-nodes-base.${name}`));

const reachesOut = /\b(helpers|require|import|fetch|XMLHttpRequest|WebSocket)\b/;

/** Nodes that call the address in their parameter `url`. */
const callsUrl: ReadonlySet<string> = new Set([
  "n8n-nodes-base.httpRequest",
  "n8n-nodes-base.httpRequestTool",
  "@n8n/n8n-nodes-langchain.toolHttpRequest",
]);

/**
 * A node whose calls go to the catcher: `http://catcher:8000/…/https://where.it/was/meant`. It carries no credentials, so
 * that no secret leaves n8n. Undefined for a node that cannot be made harmless.
 */
export function withoutOutside(node: Node, catcher: string): Node | undefined {
  if (node.disabled || harmless.has(node.type)) return node;
  if (code.has(node.type)) return reachesOut.test(JSON.stringify(node.parameters)) ? undefined : node;
  if (!callsUrl.has(node.type)) return undefined;
  const { credentials: _, ...rest } = node;
  const { url, options, ...parameters } = node.parameters;
  return {
    ...rest,
    parameters: {
      ...parameters,
      url: redirected(url, catcher),
      authentication: "none",
      options: redirectedOptions(options, catcher),
    },
  };
}

/** An address, or an expression that makes one: it begins with `=`. */
function redirected(url: unknown, catcher: string): string {
  const text = String(url ?? "");
  return text.startsWith("=") ? `=${catcher}/${text.slice(1)}` : `${catcher}/${text}`;
}

/** Without a proxy, and with the next page at the catcher too. */
function redirectedOptions(options: unknown, catcher: string): unknown {
  const { proxy: _, pagination, ...rest } = (options ?? {}) as Record<string, unknown>;
  const inner = (pagination as { pagination?: Record<string, unknown> } | undefined)?.pagination;
  if (!inner) return pagination === undefined ? rest : { ...rest, pagination };
  const nextURL = inner.nextURL === undefined ? {} : { nextURL: redirected(inner.nextURL, catcher) };
  return { ...rest, pagination: { pagination: { ...inner, ...nextURL } } };
}
