import { describe, expect, it } from "vitest";
import { label } from "../labels.ts";
import type { ListedContainer, SwarmService, SwarmTask } from "./api.ts";
import { filtered, isMeant, listedAs, readFilters, restartsOf, stoppedLabel, viewOf, whyNot } from "./view.ts";

const service = (more: object = {}, name = "shop-app"): SwarmService => ({
  ...{ ID: `id-${name}`, Version: { Index: 1 }, CreatedAt: "2026-01-01T00:00:00Z", UpdatedAt: "2026-01-01T00:00:00Z" },
  Spec: {
    ...{ Name: name, Labels: { [label.stack]: "shop" }, Mode: { Replicated: { Replicas: 1 } } },
    TaskTemplate: { ContainerSpec: { Image: "image", Labels: { [label.service]: "app" } } },
    ...more,
  },
});
const task = (id: string, more: Partial<SwarmTask> = {}): SwarmTask => ({
  ...{ ID: id, ServiceID: "id-shop-app", NodeID: "n1", Slot: 1, CreatedAt: `2026-01-01T00:00:0${id.at(-1)}Z` },
  ...{ DesiredState: "running", Status: { State: "running" } },
  ...more,
});
const container = (id: string, taskId?: string): ListedContainer => ({
  ...{ Id: id, Names: [`/raw-${id}`], Image: "image", ImageID: "image", Created: 0, State: "running", Status: "Up" },
  ...{ Labels: taskId ? { "com.docker.swarm.task.id": taskId } : {}, Ports: [], Mounts: [] },
  NetworkSettings: { Networks: {} },
});
const ended: Partial<SwarmTask> = { DesiredState: "shutdown", Status: { State: "failed", Err: "exit 1" } };
const names = (seen: ReturnType<typeof viewOf>) => seen.filter(({ past }) => !past).map(({ name, id }) => [name, id]);

describe("a swarm's containers", () => {
  it("go by the service's name, one for each place, and our own by theirs", () => {
    const tasks = [task("t1"), task("t2", { Slot: 2, NodeID: "n2" })];
    const view = viewOf([service()], tasks, [
      { node: "n2", containers: [container("c2", "t2")] },
      { node: "n1", containers: [container("c1", "t1"), container("box")] },
    ]);
    expect(names(view)).toEqual([
      ["shop-app", "c1"],
      ["shop-app-2", "c2"],
      ["raw-box", "box"],
    ]);
    expect(view.map(({ node }) => node)).toEqual(["n1", "n2", "n1"]);
  });

  it("that had a place before are not listed, but are found", () => {
    const view = viewOf(
      [service()],
      [task("t1", ended), task("t2", ended), task("t3")],
      [{ node: "n1", containers: [container("c1", "t1"), container("c3", "t3")] }],
    );
    expect(names(view)).toEqual([["shop-app", "c3"]]);
    expect(view.find(({ id }) => id === "c1")?.past).toBe(true);
    const [current] = view;
    expect(current?.place && restartsOf(current.place)).toBe(2);
  });

  it("ended by themselves only as long as the service was as it is: not as the release that it was taken back from", () => {
    const spec = (Image: string): Partial<SwarmTask> => ({ Spec: { ContainerSpec: { Image } } });
    const tasks = [
      task("t1", { ...ended, ...spec("first") }),
      task("t2", { ...ended, ...spec("second") }),
      task("t3", { ...ended, ...spec("first") }),
      task("t4", spec("first")),
    ];
    const [current] = viewOf([service()], tasks, []);
    expect(current?.place && restartsOf(current.place)).toBe(1);
  });

  it("of a global service have a place on each machine", () => {
    const everywhere = service({ Mode: { Global: {} } });
    const tasks = ["n1", "n2"].map((NodeID, at) => ({ ...task(`t${at}`), Slot: undefined as never, NodeID }));
    const view = viewOf([everywhere], tasks, [
      { node: "n1", containers: [container("c0", "t0")] },
      { node: "n2", containers: [container("c1", "t1")] },
    ]);
    expect(names(view)).toEqual([
      ["shop-app", "c0"],
      ["shop-app-2", "c1"],
    ]);
  });

  it("that a service lacks are shown as stopped, with the reason", () => {
    const pending = task("t1", { DesiredState: "running", Status: { State: "pending", Err: "no suitable node" } });
    const [waiting] = viewOf([service()], [pending], []);
    expect(waiting?.place && whyNot(waiting.place)).toBe("pending: no suitable node");
    expect(waiting && listedAs(waiting)).toMatchObject({ Names: ["/shop-app"], State: "exited" });
    const [stopped] = viewOf([service({ Labels: { [stoppedLabel]: "3", [label.stack]: "shop" } })], [], []);
    expect(stopped?.place && whyNot(stopped.place)).toBe("stopped");
    expect(stopped && listedAs(stopped).Labels).toEqual({ [label.stack]: "shop", [label.service]: "app" });
  });
});

describe("looking for one", () => {
  const view = viewOf([service()], [task("t1")], [{ node: "n1", containers: [container("0123456789abcdef", "t1")] }]);

  it("takes an id, its beginning, or a name", () => {
    const [seen] = view;
    for (const meant of ["0123456789abcdef", "0123456789ab", "shop-app", "/shop-app"]) {
      expect(seen && isMeant(seen, meant), meant).toBe(true);
    }
    for (const other of ["0123", "shop-app-2", "app"]) expect(seen && isMeant(seen, other), other).toBe(false);
  });

  it("filters by label, name and state, and refuses what it would have to ignore", () => {
    const found = (filters: object) => filtered(view, readFilters(JSON.stringify(filters))).length;
    expect(found({ label: [`${label.node}=n1`] })).toBe(1);
    expect(found({ label: { [label.node]: true } })).toBe(1);
    expect(found({ label: [`${label.node}=n2`] })).toBe(0);
    expect(found({ name: ["shop"], status: ["running"] })).toBe(1);
    expect(() => found({ ancestor: ["x"] })).toThrow("cannot be listed by ancestor");
  });
});
