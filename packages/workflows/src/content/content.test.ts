import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { calleesFirst, callsOf } from "./calls.ts";
import { credentialsOf, withCredentialIds, withoutCredentialIds } from "./credentials.ts";
import { contentHash, versionHash } from "./hash.ts";
import { shapeProblem } from "./shape.ts";
import { contentOf, type StoredWorkflow } from "./stored.ts";
import { webhooksOf } from "./webhooks.ts";

const node = (name: string, type: string, parameters: Record<string, unknown> = {}) => ({
  name,
  type,
  typeVersion: 1,
  parameters,
});

const stored: StoredWorkflow = {
  id: "w1",
  name: "Orders",
  description: "",
  nodes: [{ ...node("Save", "n8n-nodes-base.postgres"), credentials: { postgres: { id: "c1", name: "Old name" } } }],
  connections: {},
  nodeGroups: null,
  settings: null,
  isArchived: false,
  tags: ["b", "a"],
  folder: ["Sales"],
  activeVersionId: "v1",
  versionId: "v1",
  teamProject: null,
  updatedAt: new Date(0),
};

describe("what travels", () => {
  it("goes by the names that credentials have where it is stored", () => {
    const content = contentOf(stored, new Map([["c1", "Orders DB"]]));
    expect(content.nodes[0]?.credentials).toEqual({ postgres: { name: "Orders DB" } });
    expect(content).toMatchObject({ description: null, settings: {}, nodeGroups: [], tags: ["a", "b"] });
  });

  it("has the same hash in two environments that differ in ids, and in what stays behind", () => {
    const other: StoredWorkflow = {
      ...stored,
      nodes: [{ ...node("Save", "n8n-nodes-base.postgres"), credentials: { postgres: { name: "x", id: "c9" } } }],
      activeVersionId: null,
      versionId: "v7",
      settings: {},
      nodeGroups: [],
      tags: ["a", "b"],
      updatedAt: new Date(),
    };
    const [here, there] = [contentOf(stored, new Map([["c1", "DB"]])), contentOf(other, new Map([["c9", "DB"]]))];
    expect(contentHash(here)).toBe(contentHash(there));
    expect(contentHash({ ...here, isArchived: true })).not.toBe(contentHash(here));
    expect(versionHash({ ...here, nodes: [] })).not.toBe(versionHash(here));
  });
});

describe("JSON that is no workflow's", () => {
  it.each([
    ["its nodes are no list", {}, {}],
    ["its node 1 has no name, type or parameters", [null], {}],
    ["its node 2 has no name, type or parameters", [node("A", "t"), { name: "B", type: "t" }], {}],
    ["its connections are not as n8n writes them", [], []],
    ["its connections are not as n8n writes them", [], { A: { main: [[{ to: "B" }]] } }],
    ["its connections are not as n8n writes them", [], { A: { main: "B" } }],
  ])("is refused: %s", (problem, nodes, connections) => {
    expect(() => contentOf({ ...stored, nodes, connections } as StoredWorkflow, new Map())).toThrow(
      `Workflow "Orders" (w1) cannot be read: ${problem}`,
    );
  });

  it("is not what n8n leaves where nothing is connected", () => {
    expect(shapeProblem([], { A: { main: [null, []], ai_tool: null } })).toBeUndefined();
  });
});

describe("credentials", () => {
  const nodes = [
    { ...node("A", "t"), credentials: { postgres: { id: "1", name: "DB" }, smtp: "Mail" } },
    { ...node("B", "t"), credentials: { postgres: { id: "1", name: "DB" } } },
    node("C", "t"),
  ];

  it("are named once, in order", () => {
    expect(credentialsOf(withoutCredentialIds(nodes, new Map()))).toEqual([
      { type: "postgres", name: "DB" },
      { type: "smtp", name: "Mail" },
    ]);
  });

  it("get the ids of where they go to, by type and name, and lose them again on the way out", () => {
    const out = withoutCredentialIds(nodes, new Map());
    const bound = withCredentialIds(out, ({ type }) => (type === "postgres" ? "77" : undefined));
    expect(bound[0]?.credentials).toEqual({ postgres: { id: "77", name: "DB" }, smtp: { name: "Mail" } });
    expect(withoutCredentialIds(bound, new Map([["77", "DB"]]))).toEqual(out);
  });
});

describe("calls of other workflows", () => {
  it("are told by id, whichever way it is written", () => {
    const nodes = [
      node("A", "n8n-nodes-base.executeWorkflow", { workflowId: { __rl: true, mode: "list", value: "one" } }),
      node("B", "n8n-nodes-base.executeWorkflow", { workflowId: "two" }),
      node("C", "n8n-nodes-base.executeWorkflow", { workflowId: "={{ $json.id }}" }),
      node("D", "@n8n/n8n-nodes-langchain.toolWorkflow", { workflowId: { mode: "id", value: "one" } }),
      { ...node("E", "n8n-nodes-base.executeWorkflow", { workflowId: "off" }), disabled: true },
      node("F", "n8n-nodes-base.executeWorkflow", { source: "url", workflowId: { mode: "url", value: "https://x" } }),
    ];
    expect(callsOf({ nodes, settings: { errorWorkflow: "three" } })).toEqual(["one", "two", "three"]);
    expect(callsOf({ nodes: [], settings: { errorWorkflow: "DEFAULT" } })).toEqual([]);
  });

  it("put callees first, also in a long chain, and end where workflows call each other", () => {
    const calls: Record<string, string[]> = { a: ["b", "c"], b: ["c"], c: [], d: ["e"], e: ["d", "elsewhere"] };
    expect(calleesFirst(["a", "b", "c", "d", "e"], (id) => calls[id] ?? [])).toEqual(["c", "b", "a", "e", "d"]);
    const chain = Array.from({ length: 20_000 }, (_, index) => String(index));
    const ordered = calleesFirst(chain, (id) => [String(Number(id) + 1)]);
    expect(ordered).toEqual(chain.toReversed());
  });

  it("keep every workflow, once, for any graph", () => {
    const graph = fc.dictionary(fc.constantFrom(..."abcdefgh"), fc.array(fc.constantFrom(..."abcdefgh")));
    fc.assert(
      fc.property(graph, (calls) => {
        const ids = Object.keys(calls);
        expect(calleesFirst(ids, (id) => calls[id] ?? []).toSorted()).toEqual(ids.toSorted());
      }),
    );
  });
});

describe("webhooks", () => {
  it("are the addresses that n8n registers", () => {
    const nodes = [
      { ...node("A", "n8n-nodes-base.webhook", { path: "/orders/", httpMethod: "POST" }), webhookId: "x" },
      { ...node("B", "n8n-nodes-base.webhook", { multipleMethods: true, httpMethod: ["GET", "PUT"] }), webhookId: "y" },
      { ...node("C", "n8n-nodes-base.webhook", { path: "off" }), disabled: true },
      { ...node("D", "n8n-nodes-base.webhook", { path: "={{ 1 }}" }) },
      { ...node("E", "n8n-nodes-base.formTrigger", { options: { path: "ask" } }), webhookId: "z" },
    ];
    expect(webhooksOf({ nodes, connections: {} })).toEqual([
      "GET /webhook/y",
      "POST /webhook/orders",
      "PUT /webhook/y",
      "form /form/ask",
    ]);
  });
});
