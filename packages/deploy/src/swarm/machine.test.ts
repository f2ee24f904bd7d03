import { describe, expect, it } from "vitest";
import { hostNameIn, type SwarmInfo, settledAddress, standingOf } from "./machine.ts";

const info = (different: Partial<SwarmInfo>): SwarmInfo => ({
  LocalNodeState: "active",
  ControlAvailable: false,
  NodeID: "node",
  NodeAddr: "192.0.2.1",
  ...different,
});

describe("standingOf", () => {
  it.each([
    [{ LocalNodeState: "inactive", NodeID: "" }, { state: "none" }],
    [{}, { state: "worker", nodeId: "node", address: "192.0.2.1" }],
    [
      { ControlAvailable: true, Cluster: { ID: "swarm" } },
      { state: "manager", swarmId: "swarm" },
    ],
    [{ ControlAvailable: true, Error: "no leader\n" }, { said: "manages a swarm that has no leader (no leader)" }],
    [{ LocalNodeState: "locked" }, { said: "is locked" }],
    [{ LocalNodeState: "pending", NodeID: "" }, { state: "stranded" }],
    [{ LocalNodeState: "pending" }, { said: "is a node whose swarm it cannot reach" }],
  ] as const)("%j", (different, expected) => {
    expect(standingOf(info(different))).toMatchObject(expected);
  });
});

it("an address is settled by the settings, or by a host that is one", () => {
  const node = (host: string, address?: string) =>
    settledAddress({ host, sshOptions: [], role: "worker", ingress: false, ...(address ? { address } : {}) });
  expect(node("ssh://deploy@m1.example.org", "10.0.0.1")).toBe("10.0.0.1");
  expect(node("ssh://root@192.0.2.7:2222/run/docker.sock")).toBe("192.0.2.7");
  expect(node("ssh://root@[2001:db8::7]")).toBe("2001:db8::7");
  expect(node("ssh://deploy@m1.example.org")).toBeUndefined();
  expect(node("unix:///run/docker.sock")).toBeUndefined();
  expect(hostNameIn("local")).toBeUndefined();
});
