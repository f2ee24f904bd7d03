import type { ComposeModel, Service } from "@understudy/compose";
import { type ContainerInspectInfo, composeLabel } from "@understudy/core";
import { describe, expect, it } from "vitest";
import { matchServices } from "./match-services.ts";

const model = { services: { web: {} as Service, db: {} as Service } } as unknown as ComposeModel;

interface Options {
  readonly env?: readonly string[];
  readonly state?: object;
}

function container(service: string, number = 1, { env = [], state = {} }: Options = {}): ContainerInspectInfo {
  const name = `shop_${service}_${number}`;
  return {
    ...{ Id: name, Name: `/${name}`, RestartCount: 0 },
    State: { Running: true, Paused: false, Restarting: false, Status: "running", ...state },
    Config: { Labels: { [composeLabel.service]: service }, Env: env, Cmd: [] },
  } as unknown as ContainerInspectInfo;
}

const match = (...containers: ContainerInspectInfo[]) => matchServices(model, { name: "shop", containers });

describe("matchServices", () => {
  it("finds the container of each service, and names the others", () => {
    const { services, others } = match(container("web"), container("db"), container("cron"));
    expect([...services].map(([name, { Id }]) => [name, Id])).toEqual([
      ["web", "shop_web_1"],
      ["db", "shop_db_1"],
    ]);
    expect(others).toEqual(["shop_cron_1"]);
  });

  it("names everything that stands in the way at once", () => {
    const stopped = container("web", 1, { state: { Running: false, Status: "exited", ExitCode: 1 } });
    expect(() => match(stopped)).toThrow(
      /web does not run \(shop_web_1: exited, exit code 1.*; service db has no container/,
    );
    expect(() => match(container("web"), container("web", 2), container("db"))).toThrow(/web has 2 containers/);
  });

  it("refuses a caller by the name that a container will not have any more", () => {
    const web = container("web", 1, { env: ["DATABASE=postgres://shop_db_1:5432/x"] });
    expect(() => match(web, container("db"))).toThrow(/web reaches db by its container's name shop_db_1/);
    const other = container("web", 1, { env: ["DATABASE=shop_db_12"] });
    expect(match(other, container("db")).services.size).toBe(2);
  });
});
