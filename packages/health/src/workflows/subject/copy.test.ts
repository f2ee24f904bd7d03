import type { Graph, Node } from "@understudy/n8n";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { copyOf, ReachesOutside, reachedFrom } from "./copy.ts";

const catcher = "http://catcher:8000/n0nce";

function node(name: string, type: string, parameters: Record<string, unknown> = {}): Node {
  return { name, type: `n8n-nodes-base.${type}`, typeVersion: 1, parameters };
}

function graph(nodes: Node[], ...edges: [from: string, to: string, kind?: string][]): Graph {
  const connections: Record<string, Record<string, { node: string; type: string; index: number }[][]>> = {};
  for (const [from, to, kind = "main"] of edges) {
    const outputs = connections[from] ?? {};
    connections[from] = outputs;
    outputs[kind] = [[...(outputs[kind]?.[0] ?? []), { node: to, type: kind, index: 0 }]];
  }
  return { nodes, connections };
}

function copy(of: Graph, start: string, options: { redirect?: boolean; allow?: string[] } = {}) {
  const found = of.nodes.find(({ name }) => name === start);
  if (!found) throw new Error(start);
  const { redirect = true, allow = [] } = options;
  const settings = { timezone: "Europe/Berlin", errorWorkflow: "alarm", saveDataSuccessExecution: "none" };
  return copyOf({
    ...of,
    name: "copy",
    settings,
    start: found,
    nonce: "n0nce",
    allow,
    ...(redirect ? { catcher } : {}),
  });
}

const named = (draft: { nodes: readonly Node[] }, name: string) => draft.nodes.find((one) => one.name === name);

describe("the copy of a workflow for a test", () => {
  const shop = graph(
    [
      node("Order", "webhook", { path: "/orders/:id", httpMethod: "POST" }),
      node("Nightly", "scheduleTrigger"),
      node("Ask", "httpRequest", { url: "https://bank.example.com/x?y=1", authentication: "genericCredentialType" }),
      node("Mail", "emailSend"),
    ],
    ["Order", "Ask"],
    ["Nightly", "Mail"],
  );

  it("has the webhook at a path that nobody else knows, and nothing that would tell of a failure", () => {
    const draft = copy(shop, "Order");
    expect(draft.nodes[0]).toMatchObject({
      webhookId: "n0nce",
      parameters: { path: "n0nce/orders/:id", httpMethod: "POST" },
    });
    expect(draft.settings).toEqual({
      timezone: "Europe/Berlin",
      saveDataSuccessExecution: "all",
      saveDataErrorExecution: "all",
    });
  });

  it("switches off what its start does not lead to, and keeps it there for those who ask whether it ran", () => {
    const draft = copy(shop, "Order");
    expect(draft.nodes.map(({ name, disabled = false }) => [name, disabled])).toEqual([
      ["Order", false],
      ["Nightly", true],
      ["Ask", false],
      ["Mail", true],
    ]);
  });

  it.each([
    ["a literal", "https://a.example.com/x?y=1", `${catcher}/https://a.example.com/x?y=1`],
    ["an expression", "=https://a.example.com/{{ $json.id }}", `=${catcher}/https://a.example.com/{{ $json.id }}`],
    ["nothing but an expression", "={{ $json.url }}", `=${catcher}/{{ $json.url }}`],
  ])("sends calls to the catcher: %s", (_name, url, sent) => {
    const next = { pagination: { pagination: { paginationMode: "responseContainsNextURL", nextURL: url } } };
    const options = { ...next, proxy: "http://proxy:3128", timeout: 5 };
    const ask: Node = {
      ...node("Ask", "httpRequest", { url, authentication: "predefinedCredentialType", options }),
      credentials: { bankApi: { id: "1" } },
    };
    const asked = named(copy(graph([node("Start", "manualTrigger"), ask], ["Start", "Ask"]), "Start"), "Ask");
    expect(asked?.parameters).toEqual({
      url: sent,
      authentication: "none",
      options: { timeout: 5, pagination: { pagination: { paginationMode: "responseContainsNextURL", nextURL: sent } } },
    });
    expect(asked?.credentials).toBeUndefined();
  });

  it("lets calls go where they go when it stands for an active workflow", () => {
    expect(named(copy(shop, "Order", { redirect: false }), "Ask")?.parameters).toEqual(shop.nodes[2]?.parameters);
  });

  it.each([
    ["a service", node("Out", "slack")],
    ["a database", node("Out", "postgres")],
    ["another workflow", node("Out", "executeWorkflow")],
    ["a community node", { ...node("Out", ""), type: "n8n-nodes-shop.shop" }],
    ["code that calls", node("Out", "code", { jsCode: "return await this.helpers.httpRequest(x)" })],
    ["Python that calls", node("Out", "code", { language: "python", pythonCode: "import urllib.request" })],
  ])("refuses %s, unless it is allowed", (_name, out) => {
    const of = graph([node("Start", "manualTrigger"), out], ["Start", "Out"]);
    expect(() => copy(of, "Start")).toThrow(ReachesOutside);
    expect(() => copy(of, "Start")).toThrow(`Node "Out" (${out.type}) would reach outside`);
    expect(named(copy(of, "Start", { allow: ["Out"] }), "Out")).toMatchObject(out);
    expect(copy({ ...of, nodes: [of.nodes[0] as Node, { ...out, disabled: true }] }, "Start").nodes).toHaveLength(3);
  });

  it("gets a webhook in front, and items from it, where the start is none", () => {
    const of = graph([node("Start", "scheduleTrigger"), node("Understudy", "set")], ["Start", "Understudy"]);
    const draft = copy(of, "Start");
    expect(draft.nodes.map(({ name, type }) => [name, type])).toEqual([
      ["Understudy*", "n8n-nodes-base.webhook"],
      ["Start", "n8n-nodes-base.splitOut"],
      ["Understudy", "n8n-nodes-base.set"],
    ]);
    expect(draft.connections["Understudy*"]).toEqual({ main: [[{ node: "Start", type: "main", index: 0 }]] });
    expect(draft.nodes[0]?.parameters).toMatchObject({ path: "n0nce", responseMode: "onReceived" });
  });

  it("answers through the node that does, where there is one", () => {
    const of = graph([node("Start", "manualTrigger"), node("Reply", "respondToWebhook")], ["Start", "Reply"]);
    expect(copy(of, "Start").nodes[0]?.parameters).toMatchObject({ responseMode: "responseNode" });
    expect(copy({ ...of, connections: {} }, "Start").nodes[0]?.parameters).toMatchObject({
      responseMode: "onReceived",
    });
  });
});

describe("what a start leads to", () => {
  it("is what follows it, round loops too, and what serves one of these", () => {
    const of = graph(
      ["Start", "Agent", "Model", "Tool", "Loop", "Other"].map((name) => node(name, "noOp")),
      ["Start", "Agent"],
      ["Agent", "Loop"],
      ["Loop", "Agent"],
      ["Model", "Agent", "ai_languageModel"],
      ["Tool", "Model", "ai_tool"],
      ["Other", "Loop"],
    );
    expect([...reachedFrom("Start", of)].sort()).toEqual(["Agent", "Loop", "Model", "Start", "Tool"]);
  });

  it("never has a connection out of it that it does not follow", () => {
    const name = fc.integer({ min: 0, max: 8 }).map(String);
    const edge = fc.tuple(name, name, fc.constantFrom("main", "ai_tool"));
    fc.assert(
      fc.property(fc.array(edge, { maxLength: 25 }), name, (edges, start) => {
        const reached = reachedFrom(start, graph([], ...edges));
        expect(reached.has(start)).toBe(true);
        for (const [from, to, kind] of edges) {
          const [before, after] = kind === "main" ? [from, to] : [to, from];
          if (reached.has(before)) expect(reached.has(after)).toBe(true);
        }
      }),
    );
  });
});
