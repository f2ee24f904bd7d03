import type { ComposeModel } from "@understudy/compose";
import type { FleetNode } from "@understudy/core";
import { describe, expect, it } from "vitest";
import { chooseDataNode } from "./data-node.ts";

const node = (name: string, more: Partial<FleetNode> = {}): FleetNode => ({
  ...{ id: `id-${name}`, name, host: `ssh://${name}`, role: "worker", leader: false, state: "ready" },
  ...{ availability: "active", address: "10.0.0.1", ingress: false, memory: 8e9, cores: 4, away: undefined },
  ...more,
});
const model = (constraints: string[] = []) =>
  ({
    services: {
      db: { name: "db", volumes: [{ type: "volume", source: "data" }], deploy: { placement: { constraints } } },
      web: { name: "web", volumes: [], deploy: {} },
    },
    volumes: { data: {} },
  }) as unknown as ComposeModel;
const choose = (nodes: FleetNode[], volumes: Record<string, string> = {}, constraints: string[] = []) => {
  const homes = new Map(Object.entries(volumes).map(([name, those]) => [name, those.split(" ")]));
  return chooseDataNode({ stackName: "s", model: model(constraints), nodes, volumes: homes });
};

describe("the machine with the data", () => {
  it("is the one that has it, and no other while that is away", () => {
    expect(choose([node("a", { memory: 64e9 }), node("b")], { s_data: "id-b" })).toBe("id-b");
    const down = [node("a"), node("b", { state: "down", away: "off" })];
    expect(() => choose(down, { s_data: "id-b" })).toThrow("The data of s is on b (ssh://b), which is down");
    const unreached = [node("a"), node("b", { away: "no route" })];
    expect(() => choose(unreached, { s_data: "id-b" })).toThrow("which is not reached: no route");
  });

  it("is at first the one with the most memory that can take it and may", () => {
    const nodes = [
      node("a", { memory: 32e9, availability: "drain" }),
      node("b", { memory: 16e9 }),
      node("c", { memory: 64e9, away: "no answer" }),
      node("d"),
    ];
    expect(choose(nodes)).toBe("id-b");
    expect(choose(nodes, {}, ["node.hostname == d"])).toBe("id-d");
    expect(choose(nodes, {}, ["node.id != id-b"])).toBe("id-d");
    expect(choose(nodes, {}, ["node.labels.disk == ssd"])).toBe("id-b");
  });

  it("is none for a stack without data", () => {
    expect(chooseDataNode({ stackName: "s", model: { services: {} } as never, nodes: [], volumes: new Map() })).toBe(
      undefined,
    );
  });

  it("is never changed by a constraint, and never two", () => {
    expect(() => choose([node("a"), node("b")], { s_data: "id-b" }, ["node.hostname == a"])).toThrow(
      "service db: deploy.placement.constraints says node.hostname == a, and its data is on b",
    );
    expect(() => choose([node("a")], {}, ["node.hostname == x"])).toThrow("No machine of the swarm may have the data");
    expect(() => choose([node("a"), node("b")], { s_data: "id-a id-b" })).toThrow(
      "The volume s_data is on a and b, and no service says which of them has the data",
    );
  });
});
