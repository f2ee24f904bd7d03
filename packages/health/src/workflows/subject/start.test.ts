import type { Node, Workflow } from "@understudy/n8n";
import { describe, expect, it } from "vitest";
import { findStart, startOf } from "./start.ts";

function node(name: string, type: string, parameters: Record<string, unknown> = {}, disabled = false): Node {
  return { name, type, typeVersion: 1, parameters, disabled };
}

function hook(name: string, path: string, httpMethod?: string | string[]): Node {
  return node(name, "n8n-nodes-base.webhook", { path, ...(httpMethod ? { httpMethod } : {}) });
}

function workflow(id: string, name: string, nodes: Node[], active = false): Workflow {
  return {
    id,
    name,
    active,
    isArchived: false,
    updatedAt: "",
    settings: {},
    nodes,
    connections: {},
    activeVersion: null,
  };
}

const call = { query: {}, headers: {} };
const timer = node("Every day", "n8n-nodes-base.scheduleTrigger");
const set = node("Set", "n8n-nodes-base.set");

describe("the node that starts a workflow", () => {
  it("is the only one, else the only webhook, else the one that is named", () => {
    expect(startOf([timer, set], undefined)).toBe(timer);
    const web = hook("In", "a");
    expect(startOf([timer, web, set], undefined)).toBe(web);
    expect(startOf([timer, web, set], "Every day")).toBe(timer);
  });

  it("is refused when it is unclear, or none", () => {
    expect(() => startOf([hook("A", "a"), hook("B", "b")], undefined)).toThrow("has 2 nodes that can start it");
    expect(() => startOf([timer], "Set")).toThrow('has no node "Set" that can start it');
    expect(() => startOf([set, { ...timer, disabled: true }], undefined)).toThrow("has 0 nodes");
  });
});

describe("the workflow that a definition calls", () => {
  const draft = workflow("1", "Orders", [hook("In", "/orders/", ["GET", "POST"])]);
  const live = workflow("2", "Orders", [hook("In", "orders", "POST")], true);

  it("is found by id before name, and by the path of its webhook", () => {
    expect(findStart([draft, workflow("Orders", "x", [timer])], { ...call, workflow: "Orders" }).workflow.id).toBe(
      "Orders",
    );
    expect(findStart([draft, live], { ...call, webhook: "/orders" }).workflow).toBe(live);
    expect(findStart([draft], { ...call, webhook: "orders", method: "GET" }).workflow).toBe(draft);
  });

  it("is what is live, not the draft", () => {
    const activeVersion = { nodes: [hook("Live", "live")], connections: {}, createdAt: "" };
    const edited = { ...live, activeVersion };
    expect(findStart([edited], { ...call, webhook: "live" }).start.name).toBe("Live");
    expect(() => findStart([edited], { ...call, webhook: "orders" })).toThrow('no workflow with a webhook "orders"');
  });

  it("is refused when there are several", () => {
    expect(() => findStart([draft, live], { ...call, workflow: "Orders" })).toThrow('2 workflows called "Orders"');
    const twin = { ...draft, id: "3" };
    expect(() => findStart([draft, twin], { ...call, webhook: "orders" })).toThrow('several webhooks "orders"');
  });
});
