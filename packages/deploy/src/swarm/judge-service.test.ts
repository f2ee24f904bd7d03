import type { FleetNode, SwarmService, SwarmTask } from "@understudy/core";
import { describe, expect, it } from "vitest";
import { judgeService } from "./judge-service.ts";

const service = (more: { replicas?: number; update?: object; pin?: string } = {}): SwarmService => ({
  ...{ ID: "s", Version: { Index: 1 }, CreatedAt: "2026-01-01T00:00:00Z", UpdatedAt: "2026-01-01T00:00:00Z" },
  Spec: {
    ...{ Name: "shop-app", Labels: {}, Mode: { Replicated: { Replicas: more.replicas ?? 2 } } },
    TaskTemplate: {
      ContainerSpec: { Image: "i" },
      ...(more.pin ? { Placement: { Constraints: [`node.id == ${more.pin}`] } } : {}),
    },
  },
  ...(more.update ? { UpdateStatus: more.update } : {}),
});
const task = (State: string, more: Partial<SwarmTask> = {}, Err?: string): SwarmTask => ({
  ...{ ID: "t", ServiceID: "s", CreatedAt: "2026-01-01T00:00:00Z", DesiredState: "running" },
  Status: { State, Timestamp: "2026-01-01T00:01:00Z", ...(Err ? { Err } : {}) },
  ...more,
});
const failed = () => task("failed", { DesiredState: "shutdown" }, "exit 1");
const judge = (one: SwarmService | undefined, tasks: SwarmTask[], said = true, nodes: Partial<FleetNode>[] = []) =>
  judgeService({ service: one, tasks, nodes: nodes as FleetNode[], asSaid: (labels) => said && labels !== undefined });

describe("a service of a swarm", () => {
  it("is healthy when all of it runs, since the last one does", () => {
    expect(judge(service(), [task("running"), task("running")])).toEqual({
      is: "healthy",
      since: "2026-01-01T00:01:00Z",
    });
    expect(judge(service(), [task("running"), task("starting")])).toEqual({ is: "waiting", why: "1 of 2 run" });
    expect(judge(service(), [task("running")])).toEqual({ is: "waiting", why: "1 of 2 run" });
    expect(judge(undefined, []).is).toBe("waiting");
  });

  it("serves once all of the new version runs, while the swarm still watches it", () => {
    const update = { State: "updating" };
    const versions = (...texts: string[]) =>
      texts.map((version) => task("running", { Spec: { ContainerSpec: { Image: "i", Labels: { version } } } }));
    const judged = (tasks: SwarmTask[], one = service({ update })) =>
      judgeService({
        service: one,
        tasks,
        nodes: [],
        asSaid: (labels) => labels !== undefined && labels.version !== "old",
      });
    expect(judged(versions("new", "new"))).toEqual({ is: "serving", since: "2026-01-01T00:01:00Z" });
    expect(judged(versions("new", "old")).is).toBe("waiting");
    expect(judged(versions("new", "new"), service()).is).toBe("healthy");
  });

  it("is not judged while it is changed", () => {
    expect(judge(service({ update: { State: "updating" } }), [task("running"), task("running")]).is).toBe("waiting");
    expect(judge(service({ update: { State: "updating" } }), [failed(), failed(), failed(), failed()]).is).toBe(
      "waiting",
    );
  });

  it("has failed once the version before is back, and not before", () => {
    expect(judge(service({ update: { State: "rollback_started" } }), [failed()], false).is).toBe("waiting");
    expect(judge(service({ update: { State: "rollback_completed" } }), [failed()], false)).toMatchObject({
      is: "failed",
      why: "it did not come up, and the swarm went back to the version before: exit 1",
    });
    expect(judge(service({ update: { State: "rollback_paused", Message: "x" } }), [], false).is).toBe("failed");
  });

  it("has failed when it keeps ending, and waits with the swarm's words when it has no place", () => {
    expect(judge(service(), [failed(), failed(), failed(), failed(), task("ready")])).toMatchObject({
      is: "failed",
      why: "it keeps ending: exit 1",
    });
    const pending = [task("pending", {}, "no suitable node (host-mode port already in use on 1 node)")];
    expect(judge(service({ replicas: 1 }), pending)).toMatchObject({
      is: "waiting",
      why: expect.stringContaining("port"),
    });
  });

  it("with data on a machine that is away says where it is and what to do", () => {
    const nodes = [{ id: "n2", name: "m2", state: "down" }];
    const verdict = judge(service({ replicas: 1, pin: "n2" }), [task("pending")], true, nodes);
    expect(verdict).toMatchObject({
      is: "failed",
      why: expect.stringMatching(/its data is on m2, which is down.*docs\/swarm/),
    });
  });
});
