import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { CheckResult } from "../checks/check.ts";
import { advance, type CheckState, forgetUnconfirmed } from "./check-state.ts";
import { decide, type Incident, type Saying, type World } from "./incidents.ts";

const thresholds = { failures: 3, successes: 2 };
const settle = 120_000;
const second = 1_000;

/** n8n and letta need postgres, the edge needs all, everything needs the host. */
const needs: Record<string, string[]> = {
  host: [],
  postgres: ["host"],
  neo4j: ["host"],
  n8n: ["host", "postgres"],
  letta: ["host", "postgres"],
  edge: ["host", "neo4j", "postgres", "letta", "n8n"],
};

/** A monitor without a machine: rounds of results in, what people would hear out. */
function simulate(options: { remindAfter?: number } = {}) {
  const states = new Map<string, CheckState>();
  let incidents: readonly Incident[] = [];
  let now = 0;
  let count = 0;
  let quiet = false;
  const silences = new Set<string>();
  const round = (failing: Record<string, "unhealthy" | "degraded">, seconds = 30): Saying[] => {
    now += seconds * second;
    for (const service of Object.keys(needs)) {
      const status = failing[service] ?? "healthy";
      const result: CheckResult = {
        name: `${service} works`,
        service,
        status,
        seen: status,
        expected: "healthy",
        ms: 1,
      };
      states.set(result.name, advance(states.get(result.name), result, now, thresholds));
    }
    const world: World = {
      states,
      needs: (service) => needs[service] ?? [],
      quiet,
      silenced: ({ service }) => silences.has(service),
      now,
      remindAfter: options.remindAfter ?? 0,
      settle,
      newId: (service) => `${service}-${count++}`,
    };
    const decision = decide(world, incidents);
    incidents = decision.incidents;
    return [...decision.sayings];
  };
  const rounds = (times: number, failing: Record<string, "unhealthy" | "degraded">) =>
    Array.from({ length: times }, () => round(failing)).flat();
  return {
    round,
    rounds,
    states,
    silences,
    get open() {
      return incidents;
    },
    set quiet(on: boolean) {
      quiet = on;
    },
  };
}

const words = (sayings: readonly Saying[]) =>
  sayings.map(({ kind, incident }) => `${kind} ${incident.service} [${incident.affected.join(", ")}]`);

describe("one alert a cause", () => {
  it("is said at the third failure, and its end at the second success", () => {
    const monitor = simulate();
    expect(monitor.rounds(2, { n8n: "unhealthy" })).toEqual([]);
    expect(words(monitor.round({ n8n: "unhealthy" }))).toEqual(["problem n8n []"]);
    expect(monitor.rounds(5, { n8n: "unhealthy" })).toEqual([]);
    expect(monitor.round({})).toEqual([]);
    expect(words(monitor.round({}))).toEqual(["recovery n8n []"]);
    expect(monitor.open).toEqual([]);
  });

  it("lists what fell with its cause instead of alerting for it", () => {
    const monitor = simulate();
    const down = { postgres: "unhealthy", n8n: "unhealthy", letta: "unhealthy", edge: "degraded" } as const;
    expect(words(monitor.rounds(4, down))).toEqual(["problem postgres [n8n works, letta works, edge works]"]);
    expect(words(monitor.rounds(3, {}))).toEqual(["recovery postgres [n8n works, letta works, edge works]"]);
  });

  it("waits for a cause that fails a moment later than what needs it", () => {
    const monitor = simulate();
    expect(monitor.round({ n8n: "unhealthy" })).toEqual([]);
    const said = monitor.rounds(3, { n8n: "unhealthy", postgres: "unhealthy" });
    expect(words(said)).toEqual(["problem postgres [n8n works]"]);
  });

  it("takes a latecomer into the incident without a word", () => {
    const monitor = simulate();
    monitor.rounds(4, { postgres: "unhealthy" });
    expect(monitor.rounds(4, { postgres: "unhealthy", letta: "unhealthy" })).toEqual([]);
    expect(monitor.open).toMatchObject([{ service: "postgres", affected: ["letta works"] }]);
  });

  it("does not blame what a short outage took down, though it fails only once the cause is well again", () => {
    const monitor = simulate();
    monitor.rounds(2, { postgres: "unhealthy" });
    expect(words(monitor.round({ postgres: "unhealthy", n8n: "unhealthy" }))).toEqual(["problem postgres []"]);
    expect(monitor.rounds(3, { n8n: "unhealthy" })).toEqual([]);
    expect(words(monitor.rounds(3, {}))).toEqual(["recovery postgres [n8n works]"]);
  });

  it("lays everything under a host that is down", () => {
    const monitor = simulate();
    const all = Object.fromEntries(Object.keys(needs).map((service) => [service, "unhealthy" as const]));
    expect(words(monitor.rounds(3, all))).toHaveLength(1);
    expect(monitor.open[0]?.service).toBe("host");
  });

  it("does not take a mere warning for a cause", () => {
    const monitor = simulate();
    expect(words(monitor.rounds(3, { postgres: "degraded", n8n: "unhealthy" })).sort()).toEqual([
      "problem n8n []",
      "problem postgres []",
    ]);
  });

  it("says it again when a warning becomes worse", () => {
    const monitor = simulate();
    monitor.rounds(3, { postgres: "degraded" });
    expect(monitor.open).toMatchObject([{ severity: "warning" }]);
    expect(words(monitor.rounds(2, { postgres: "unhealthy" }))).toEqual(["problem postgres []"]);
    expect(monitor.open).toMatchObject([{ severity: "critical" }]);
  });

  it("gives what a cause took down time to come up, then alerts for it alone", () => {
    const monitor = simulate();
    monitor.rounds(3, { postgres: "unhealthy", n8n: "unhealthy" });
    expect(monitor.rounds(4, { n8n: "unhealthy" })).toEqual([]);
    expect(words(monitor.rounds(3, { n8n: "unhealthy" }))).toEqual(["recovery postgres [n8n works]", "problem n8n []"]);
    expect(words(monitor.rounds(2, {}))).toEqual(["recovery n8n []"]);
  });

  it("says nothing new while the environment is being changed, and the rest afterwards", () => {
    const monitor = simulate();
    monitor.quiet = true;
    expect(monitor.rounds(5, { n8n: "unhealthy" })).toEqual([]);
    monitor.quiet = false;
    expect(words(monitor.round({ n8n: "unhealthy" }))).toEqual(["problem n8n []"]);
  });

  it("still says the end of a problem that was silenced meanwhile", () => {
    const monitor = simulate();
    monitor.rounds(3, { n8n: "unhealthy" });
    monitor.silences.add("n8n");
    expect(monitor.rounds(3, { n8n: "unhealthy" })).toEqual([]);
    expect(words(monitor.rounds(2, {}))).toEqual(["recovery n8n []"]);
    expect(monitor.rounds(4, { n8n: "unhealthy" })).toEqual([]);
  });

  it("reminds of what lasts", () => {
    const monitor = simulate({ remindAfter: 300 * second });
    expect(words(monitor.rounds(14, { n8n: "unhealthy" }))).toEqual(["problem n8n []", "reminder n8n []"]);
  });

  it("begins to count anew after a time in which it saw nothing", () => {
    const monitor = simulate();
    monitor.rounds(2, { n8n: "unhealthy" });
    for (const [name, state] of monitor.states) monitor.states.set(name, forgetUnconfirmed(state));
    expect(monitor.rounds(2, { n8n: "unhealthy" })).toEqual([]);
  });

  it("ends every incident with exactly one recovery once all is well, whatever happened", () => {
    const status = fc.constantFrom("unhealthy" as const, "degraded" as const, undefined);
    const failing = fc.record(Object.fromEntries(Object.keys(needs).map((service) => [service, status])));
    fc.assert(
      fc.property(fc.array(failing, { maxLength: 40 }), (history) => {
        const monitor = simulate();
        const said = [
          ...history.flatMap((round) => monitor.round(round as Record<string, "unhealthy">)),
          ...monitor.rounds(8, {}),
        ];
        expect(monitor.open).toEqual([]);
        const ids = (kind: string) => said.filter((saying) => saying.kind === kind).map(({ incident }) => incident.id);
        expect(ids("recovery").sort()).toEqual([...new Set(ids("problem"))].sort());
        for (const { incident } of said) expect(incident.checks.length).toBeGreaterThan(0);
      }),
    );
  });

  it("never has a failing check of one cause in two incidents", () => {
    const failing = fc.record(
      Object.fromEntries(
        Object.keys(needs).map((service) => [service, fc.constantFrom("unhealthy" as const, undefined)]),
      ),
    );
    fc.assert(
      fc.property(fc.array(failing, { maxLength: 40 }), (history) => {
        const monitor = simulate();
        for (const round of history) {
          monitor.round(round as Record<string, "unhealthy">);
          const names = monitor.open.flatMap(({ checks, affected }) => [...checks, ...affected]);
          expect(names.length).toBe(new Set(names).size);
        }
      }),
    );
  });
});
