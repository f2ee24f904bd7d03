import { describe, expect, it } from "vitest";
import { machine, member, standing } from "./fake-machines.ts";
import { refuseUnfit, warningsOf } from "./judge-machines.ts";

const first = machine(1, { role: "manager", ingress: true }, standing(1, "manager"));
const members = [member(1, { role: "manager" })];

describe("refuseUnfit", () => {
  it("takes bare machines, and those of one swarm", () => {
    expect(() => refuseUnfit([machine(1), machine(2)], undefined)).not.toThrow();
    const second = machine(2, {}, standing(2, "worker"));
    expect(() => refuseUnfit([first, second], [...members, member(2)])).not.toThrow();
  });

  it("refuses a node of another swarm", () => {
    const stray = machine(2, {}, standing(9, "worker"));
    expect(() => refuseUnfit([first, stray], members)).toThrow("ssh://m2 is in another swarm than ssh://m1");
    expect(() => refuseUnfit([machine(1), stray], undefined)).toThrow(
      "ssh://m2 is in another swarm, which none of the named machines manages",
    );
  });

  it("refuses a swarm whose managers are away", () => {
    expect(() => refuseUnfit([first], undefined)).toThrow("ssh://m1 manages a swarm that has no leader");
  });

  it("refuses two names of one engine", () => {
    const twice = [machine(1), machine(2, {}, { engineId: "engine-1" })];
    expect(() => refuseUnfit(twice, undefined)).toThrow("ssh://m1 and ssh://m2 are one engine (engine-1)");
  });

  it("refuses a node that cannot be asked", () => {
    const locked = machine(2, {}, { standing: { state: "blocked", said: "is locked", next: "Unlock it" } });
    expect(() => refuseUnfit([first, locked], members)).toThrow("ssh://m2 is locked");
  });

  it("refuses clocks between which no certificate holds", () => {
    const late = machine(2, {}, { clockAhead: -3_700_000 });
    expect(() => refuseUnfit([first, late], members)).toThrow(
      "The clock of ssh://m2 is 61 min 40 s behind that of ssh://m1",
    );
  });
});

describe("warningsOf", () => {
  it("compares clocks with the first machine's, not with ours", () => {
    const off = { clockAhead: 30_000 };
    expect(warningsOf([{ ...first, ...off }, machine(2, {}, off)])).toEqual([]);
    expect(warningsOf([first, machine(2, {}, off)])).toEqual([
      "the clock of ssh://m2 is 30 s ahead of that of the first machine",
    ]);
  });

  it.each([
    [1, []],
    [2, ["2 managers survive the loss of none, as 1 would: use 3"]],
    [3, []],
    [4, ["4 managers survive the loss of 1, as 3 would: use 5"]],
  ])("of %i managers", (count, said) => {
    const machines = Array.from({ length: count }, (_, index) => machine(index + 1, { role: "manager" }));
    expect(warningsOf(machines)).toEqual(said);
  });
});
