import type { Journey, Target, Whereabouts } from "@understudy/environment";
import { describe, expect, it } from "vitest";
import { chooseJourney, type JourneyQuestion, turned } from "./choose-journey.ts";

const place = (engine: "docker" | "swarm"): Whereabouts => ({
  ...{ engine, host: `ssh://${engine}`, sshOptions: [], bind: "0.0.0.0", bindAddress: "0.0.0.0", portOffset: 0 },
  nodes: engine === "swarm" ? [] : undefined,
});
const [host, swarm] = [place("docker"), place("swarm")];

function journey(different: Partial<Journey> = {}): Journey {
  return {
    ...{ from: host, to: swarm, phase: "there", data: "moves", begun: [], carried: [], stale: [], home: null },
    ...{ isBack: false, backup: "backup-1", at: "2026-11-23T20:00:00.000Z" },
    ...different,
  };
}

function choose(different: Partial<JourneyQuestion> = {}): Journey {
  const target = { environment: { name: "production", kind: "production" } } as Target;
  const now = new Date("2026-11-24T00:00:00Z");
  return chooseJourney({
    ...{ target, wanted: swarm, recorded: host, last: undefined, back: false, now },
    ...different,
  });
}

describe("chooseJourney", () => {
  it("goes from where it was deployed to where the settings say", () => {
    expect(choose()).toMatchObject({ from: host, to: swarm, phase: "leaving", data: "moves", backup: null });
  });

  it("goes back with what is there now, over what it left", () => {
    const last = journey({ stale: ["p_data"] });
    expect(choose({ last, recorded: swarm, back: true })).toMatchObject({
      ...{ from: swarm, to: host, phase: "leaving", data: "moves", backup: null, stale: ["p_data"] },
    });
  });

  it("goes on with what was begun, or takes it back", () => {
    const last = journey({ phase: "arriving", begun: ["p_data"], carried: ["p_data"] });
    expect(choose({ last })).toEqual(last);
    expect(choose({ last, back: true })).toMatchObject({ from: swarm, to: host, phase: "leaving", data: "stays" });
  });

  it("does not take back what was seen to be well there, and killed before that was noted", () => {
    const last = journey({ phase: "arriving", begun: ["p_data"], carried: ["p_data"] });
    const back = choose({ last, recorded: swarm, back: true });
    expect(back).toMatchObject({ from: swarm, to: host, phase: "leaving", data: "moves", stale: ["p_data"] });
    expect(choose({ last, recorded: swarm })).toEqual(last);
  });

  it("knows volumes of before only at the place where they are", () => {
    const last = journey({ from: swarm, to: host, stale: ["p_data"] });
    expect(choose({ last })).toMatchObject({ stale: ["p_data"], isBack: true });
    const other = { ...host, host: "ssh://other" };
    expect(choose({ last, recorded: other })).toMatchObject({ stale: [], isBack: false });
  });

  it("turns no way that leads back already", () => {
    const last = turned(journey({ phase: "arriving" }));
    expect(choose({ last, back: true })).toEqual(last);
  });

  it.each<[Partial<JourneyQuestion>, string]>([
    [{ recorded: swarm }, "production runs on the swarm of , and understudy.yml says no other place"],
    [{ recorded: undefined }, "Nothing says where production runs"],
    [{ back: true }, "production was not moved"],
  ])("refuses where there is no way: %j", (different, message) => {
    expect(() => choose(different)).toThrow(message);
  });
});

describe("turned", () => {
  it("takes nothing down at a new place that was never begun", () => {
    expect(turned(journey({ phase: "leaving" }))).toMatchObject({ from: swarm, to: host, phase: "arriving" });
  });
});
