import { describe, expect, it } from "vitest";
import { describeWorkflow } from "./workflows.ts";

const workflow = {
  ...{
    id: "a",
    name: "one",
    active: true,
    isArchived: false,
    updatedAt: "2026-11-22T10:00:00.000Z",
    activeVersion: null,
  },
  nodes: [{ name: "n", type: "t", typeVersion: 1, parameters: { b: 1, a: 2 } }],
  connections: {},
  settings: { timezone: "Etc/UTC" },
};

describe("a workflow in the metadata", () => {
  it("is the same whatever order n8n writes keys in, and whenever it was saved", () => {
    const other = { ...workflow, updatedAt: "2026-11-23T10:00:00.000Z" };
    const turned = { ...other, nodes: [{ parameters: { a: 2, b: 1 }, typeVersion: 1, type: "t", name: "n" }] };
    expect(describeWorkflow(turned).sha256).toBe(describeWorkflow(workflow).sha256);
  });

  it("is another when a node is", () => {
    const changed = { ...workflow, nodes: [{ name: "n", type: "t", typeVersion: 1, parameters: { a: 3, b: 1 } }] };
    expect(describeWorkflow(changed).sha256).not.toBe(describeWorkflow(workflow).sha256);
  });
});
