import { describe, expect, it } from "vitest";
import { machine, member, standing } from "./fake-machines.ts";
import { planForm, stepLine, unnamed } from "./plan-form.ts";

const lines = (...given: Parameters<typeof planForm>) => planForm(...given).map(stepLine);
const first = { role: "manager", ingress: true } as const;

describe("planForm", () => {
  it("begins with the first machine, lets the others join it, then marks where requests come in", () => {
    expect(lines([machine(1, first), machine(2, { role: "manager" }), machine(3)], undefined)).toEqual([
      "ssh://m1: begin the swarm at 192.0.2.1",
      "ssh://m2: join as manager at 192.0.2.2",
      "ssh://m3: join as worker at 192.0.2.3",
      "ssh://m1: requests come in here",
    ]);
  });

  it("finds nothing to do in a swarm that is as it should be", () => {
    const machines = [machine(1, first, standing(1, "manager")), machine(2, {}, standing(2, "worker"))];
    expect(lines(machines, [member(1, first), member(2)])).toEqual([]);
  });

  it("joins a first machine that was replaced to the swarm of the others, rather than begin another", () => {
    const machines = [machine(1, first), machine(2, { role: "manager" }, standing(2, "manager"))];
    expect(lines(machines, [member(2, { role: "manager" })])[0]).toBe("ssh://m1: join as manager at 192.0.2.1");
  });

  it("makes more managers before it makes fewer", () => {
    const machines = [
      machine(1, { role: "worker" }, standing(1, "manager")),
      machine(2, { role: "manager" }, standing(2, "worker")),
      machine(3, { role: "manager", ingress: true }),
    ];
    expect(lines(machines, [member(1, { role: "manager", ingress: true }), member(2)])).toEqual([
      "ssh://m3: join as manager at 192.0.2.3",
      "ssh://m2: promote to manager",
      "ssh://m1: no requests come in here any more",
      "ssh://m3: requests come in here",
      "ssh://m1: demote to worker",
    ]);
  });

  it("gives up an attempt to join that hangs, and lets a drained node work", () => {
    const machines = [
      machine(1, first, standing(1, "manager")),
      machine(2, {}, { standing: { state: "stranded" } }),
      machine(3, {}, standing(3, "worker")),
    ];
    expect(lines(machines, [member(1, first), member(3, { availability: "drain" })])).toEqual([
      "ssh://m2: give up an attempt to join that hangs, join as worker at 192.0.2.2",
      "ssh://m3: take tasks again",
    ]);
  });

  it("keeps the swarm's own networks apart from those of machines in 10.0.0.0/8", () => {
    const machines = [machine(1, first, { address: "10.0.0.4", own: ["10.0.0.4", "172.17.0.1"] })];
    expect(planForm(machines, undefined)[0]).toMatchObject({ kind: "init", pool: "10.254.0.0/16" });
  });

  it("says whose address it will ask for when nobody has looked yet", () => {
    const { address: _, ...unknown } = machine(1, first, { own: [] });
    expect(lines([unknown], undefined)[0]).toBe("ssh://m1: begin the swarm at the address that m1 leads to there");
  });
});

describe("unnamed", () => {
  it("tells nodes that the settings do not name", () => {
    const machines = [machine(1, first, standing(1, "manager")), machine(2)];
    expect(unnamed(machines, [member(1, first), member(7)]).map(({ name }) => name)).toEqual(["m7"]);
  });
});
