import { buffer } from "node:stream/consumers";
import { type Engine, exec, Foothold, label, openEngine, startAttached, type Whereabouts } from "@understudy/core";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { cannotPlayRemoteHost } from "./support/remote-host.ts";
import { type SwarmHosts, startSwarmHosts } from "./support/swarm-hosts.ts";

const toolbox = "understudy/toolbox:17";
const stackName = "fleet-test";
const missing = cannotPlayRemoteHost();

describe.skipIf(missing)("three machines as one engine", () => {
  const everything = new AsyncDisposableStack();
  let swarm: SwarmHosts;
  let engine: Engine;
  let image: string;

  const whereabouts = (): Whereabouts => ({
    engine: "swarm",
    host: "",
    sshOptions: [],
    stackName,
    nodes: swarm.hosts.map(({ dockerHost }, at) => ({
      ...{ host: dockerHost, sshOptions: [], ingress: at === 0 },
      role: at === 0 ? ("manager" as const) : ("worker" as const),
    })),
  });
  const labels = { [label.stack]: stackName, [label.service]: "app" };
  const service = (replicas: number) => ({
    Name: `${stackName}-app`,
    Labels: labels,
    Mode: { Replicated: { Replicas: replicas } },
    EndpointSpec: { Mode: "dnsrr" },
    TaskTemplate: {
      // One with a health test is in the name service once it was found healthy.
      ContainerSpec: {
        Image: image,
        Healthcheck: { Test: ["NONE"] },
        Command: ["socat"],
        Args: ["TCP-LISTEN:9000,fork,reuseaddr", "SYSTEM:hostname"],
      },
      Networks: [{ Target: `${stackName}_internal`, Aliases: ["app"] }],
    },
  });
  const names = async () => (await engine.docker.listContainers({ all: true })).map(({ Names }) => Names[0]).sort();
  const states = async () => {
    const all = await engine.docker.listContainers({ all: true, filters: { label: [`${label.stack}=${stackName}`] } });
    return all.map(({ Names, State }) => `${Names[0]?.slice(1)} ${State}`).sort();
  };

  beforeAll(async () => {
    swarm = everything.use(await startSwarmHosts(3));
    swarm.load([toolbox]);
    const [first, ...others] = swarm.hosts;
    first?.docker("swarm", "init", "--advertise-addr", first.address);
    const token = first?.docker("swarm", "join-token", "-q", "worker") ?? "";
    for (const host of others) host.docker("swarm", "join", "--token", token, `${first?.address}:2377`);
    engine = everything.use(await openEngine(whereabouts()));
    image = (await engine.docker.getImage(toolbox).inspect()).Id;
  });
  afterAll(() => everything.disposeAsync());

  it("makes networks that reach all of them, and runs a service's containers under its name", async () => {
    await engine.docker.createNetwork({
      Name: `${stackName}_internal`,
      Internal: true,
      Labels: { [label.stack]: stackName },
    });
    await engine.docker.createService(service(3));
    await vi.waitFor(
      async () => expect(await states()).toEqual(["", "-2", "-3"].map((end) => `${stackName}-app${end} running`)),
      { timeout: 30_000, interval: 500 },
    );
    const all = await engine.docker.listContainers();
    expect(new Set(all.map(({ Labels }) => Labels[label.node])).size).toBe(3);
    const second = await engine.docker.getContainer(`${stackName}-app-2`).inspect();
    expect(second.Name).toBe(`/${stackName}-app-2`);
    expect(second.Config.Labels).toMatchObject(labels);
  });

  it("runs commands where the container is, and reaches it from anywhere", async () => {
    const hosts = await Promise.all(
      ["", "-2", "-3"].map(async (end) => (await exec(engine, `${stackName}-app${end}`, ["hostname"])).stdout),
    );
    expect(new Set(hosts).size).toBe(3);
    const much = await exec(engine, `${stackName}-app-3`, ["bash", "-c", "head -c 3000000 /dev/zero | tr '\\0' x"], {
      keep: 4_000_000,
    });
    expect(much.stdout).toHaveLength(3_000_000);
    await using foothold = await Foothold.open(engine, toolbox);
    const answered = new Set<string>();
    for (let times = 0; times < 12; times++) answered.add(String(await buffer(await foothold.dial("app:9000"))));
    expect(answered).toEqual(new Set(hosts));
  });

  it("has a volume where it was pinned, and puts what mounts it there", async () => {
    const worker = (await engine.fleet?.look())?.nodes.find(({ host }) => host === swarm.hosts[2]?.dockerHost);
    const volume = `${stackName}_data`;
    engine.fleet?.pin({ [volume]: worker?.id ?? "" });
    await engine.docker.createVolume({ Name: volume, Labels: { [label.stack]: stackName } });
    expect(swarm.hosts[2]?.docker("volume", "ls", "-q")).toContain(volume);
    await engine.docker.createVolume({ Name: `${volume}_incoming` });
    expect(swarm.hosts[2]?.docker("volume", "ls", "-q")).toContain(`${volume}_incoming`);
    const { id, stream } = await startAttached(engine, {
      name: `${stackName}-box`,
      Image: toolbox,
      Cmd: ["cat"],
      HostConfig: { NetworkMode: "none", Mounts: [{ Type: "volume", Source: volume, Target: "/data" }] },
    });
    stream.on("error", () => {}).resume();
    expect((await engine.docker.getContainer(id).inspect()).Config.Labels[label.node]).toBe(worker?.id);
    await expect(engine.docker.createContainer({ name: `${stackName}-box`, Image: toolbox })).rejects.toMatchObject({
      statusCode: 409,
      message: expect.stringContaining("already in use"),
    });
    expect(
      (await exec(engine, id, ["bash", "-c", "cat > /data/x; cat /data/x"], { stdin: "kept", user: "0:0" })).stdout,
    ).toBe("kept");
    stream.end();
    await vi.waitFor(async () => expect(await names()).not.toContain(`/${stackName}-box`), { timeout: 10_000 });
    expect((await engine.docker.listVolumes()).Volumes.map(({ Name }) => Name).sort()).toEqual([
      volume,
      `${volume}_incoming`,
    ]);
    await expect(engine.docker.getVolume("other").inspect()).rejects.toMatchObject({ statusCode: 404 });
  });

  it("stops and starts a service as one stops and starts a container", async () => {
    const { Id } = await engine.docker.getContainer(`${stackName}-app`).inspect();
    await engine.docker.getContainer(Id).stop();
    expect(await states()).toEqual([`${stackName}-app exited`]);
    const info = await engine.docker.getContainer(Id).inspect();
    expect(info).toMatchObject({ Name: `/${stackName}-app`, State: { Running: false, Status: "exited" } });
    expect(info.Config.Labels).toMatchObject(labels);
    await expect(engine.docker.getContainer(Id).stop()).rejects.toMatchObject({ statusCode: 304 });
    await expect(exec(engine, Id, ["hostname"])).rejects.toMatchObject({ statusCode: 409 });
    await engine.docker.getContainer(info.Id).start();
    expect(await states()).toHaveLength(3);
    expect((await engine.docker.getContainer(Id).inspect()).State.Running).toBe(true);
    await engine.docker.getContainer(`${stackName}-app`).restart();
    expect(await states()).toHaveLength(3);
  });

  it("goes on without a machine that died, and says of its volume that it is not gone", async () => {
    await swarm.hosts[2]?.die();
    await vi.waitFor(async () => expect((await states()).filter((one) => one.endsWith(" running"))).toHaveLength(3), {
      timeout: 60_000,
      interval: 1_000,
    });
    const view = await engine.fleet?.look();
    expect(view?.nodes.map(({ state }) => state).sort()).toEqual(["down", "ready", "ready"]);
    await expect(engine.docker.getVolume(`${stackName}_data`).inspect()).rejects.toThrow(
      `volume ${stackName}_data may be there`,
    );
    await swarm.hosts[2]?.boot();
    await vi.waitFor(
      async () => expect((await engine.docker.getVolume(`${stackName}_data`).inspect()).Name).toBeTruthy(),
      {
        timeout: 30_000,
        interval: 1_000,
      },
    );
  });

  it("removes a service with its containers", async () => {
    await engine.docker.getContainer(`${stackName}-app`).remove({ force: true });
    expect(await states()).toEqual([]);
    await engine.docker.getNetwork(`${stackName}_internal`).remove();
  });
});
