import type { Whereabouts } from "@understudy/environment";
import { describe, expect, it } from "vitest";
import { type MoveFacts, planMove } from "./plan-move.ts";

const place = (engine: "docker" | "swarm", ...hosts: string[]): Whereabouts => ({
  ...{ engine, host: hosts[0] ?? "", sshOptions: [], bind: "0.0.0.0", bindAddress: "0.0.0.0", portOffset: 0 },
  nodes:
    engine === "swarm"
      ? hosts.map((host) => ({ host, sshOptions: [], role: "manager", ingress: true, address: undefined }))
      : undefined,
});

function facts(different: Partial<MoveFacts> = {}): MoveFacts {
  return {
    environment: "production",
    journey: {
      ...{
        from: place("docker", "ssh://a"),
        to: place("swarm", "ssh://a", "ssh://b"),
        phase: "leaving",
        data: "moves",
      },
      ...{ begun: [], carried: [], stale: [], home: null, isBack: false, backup: null, at: "2026-11-23T20:00:00.000Z" },
    },
    release: "r-1",
    ...{ stopped: [], services: ["haproxy", "postgres"], external: [], strays: [], inTheWay: [], leftOut: [] },
    volumes: [{ name: "p_data", bytes: 5_000_000_000, plain: true }],
    ...{ isOneMachine: true, dataOn: "a", home: "a", room: 500_000_000_000 },
    architecture: { from: "x86_64", to: "x86_64" },
    ...different,
  };
}
const far = { isOneMachine: false, dataOn: "ssh://a", home: "b" };

describe("planMove", () => {
  it("leaves data in place where the host is a machine of the swarm, and backs up before anything stops", () => {
    const { data, steps } = planMove(facts({ leftOut: ["  haproxy: without ports: 127.0.0.1:80:80 (why)"] }));
    expect(data).toBe("in place");
    expect(steps).toEqual([
      "bring the images of release r-1 to the swarm of ssh://a, ssh://b",
      "take a backup on ssh://a, and restore it for a test",
      "stop haproxy, postgres on ssh://a; from here on nothing answers",
      "leave the data where it is, on a: p_data (5.0 GB)",
      "start the same release on the swarm of ssh://a, ssh://b, and see every service healthy; else go back by itself",
      "on a swarm, haproxy: without ports: 127.0.0.1:80:80 (why)",
    ]);
  });

  it("copies data to another machine", () => {
    const { data, steps } = planMove(facts(far));
    expect(data).toBe("copied");
    expect(steps[3]).toBe("copy the data to b, and compare every byte: p_data (5.0 GB)");
  });

  it.each<[Partial<MoveFacts>, string]>([
    [{ stopped: ["n8n"] }, "production is not whole on ssh://a: n8n does not run"],
    [{ dataOn: "c" }, "The data of production is on c, and the swarm of ssh://a, ssh://b is another machine"],
    [{ strays: ["b"] }, "Volumes of production are on b too, and its data is on a"],
    [{ ...far, architecture: { from: "x86_64", to: "aarch64" } }, "ssh://a is x86_64, and"],
    [{ ...far, volumes: [{ name: "p_nfs", bytes: 1, plain: false }] }, "p_nfs of production is no plain volume"],
    [{ ...far, external: ["shared"] }, "shared of production is no plain volume"],
    [{ ...far, inTheWay: ["p_data"] }, "b has p_data already, which a move would write over"],
    [{ ...far, room: 6_000_000_000 }, "b has 6.0 GB free, and the data needs 7.1 GB"],
  ])("refuses before anything is stopped: %j", (different, message) => {
    expect(() => planMove(facts(different))).toThrow(message);
  });

  it("asks for no room, and minds no driver, where nothing is copied", () => {
    const special = { volumes: [{ name: "p_nfs", bytes: 1, plain: false }], external: ["shared"], room: 0 };
    expect(planMove(facts(special)).data).toBe("in place");
  });
});
