import type { Service } from "@understudy/compose";
import { connectEngine, type Engine, findInstallation, label, statusOf } from "@understudy/core";
import { type DesiredStack, openReach } from "@understudy/environment";
import type { Check, CheckContext, CheckResult } from "../../src/checks/check.ts";
import { makeContext } from "../../src/checks/look.ts";
import { runCheck } from "../../src/checks/run-check.ts";

type ContainerOptions = Parameters<Engine["docker"]["createContainer"]>[0];

/** Containers of a test's own, made a stack of by their labels. */
export interface SmallStack extends AsyncDisposable {
  readonly engine: Engine;
  /** Start a container on network `internal`, and on more. What the compose files would say of it is in `model`. */
  add(
    service: string,
    options: ContainerOptions,
    model?: Partial<Service>,
    networks?: readonly string[],
  ): Promise<void>;
  name(service: string): string;
  /** Of a network or volume. */
  onHost(thing: string): string;
  context(): Promise<CheckContext>;
  /** Look once, in a round of its own. */
  look(check: Check): Promise<CheckResult>;
  /** The newest image of one of our own recipes. */
  image(recipe: string): Promise<string>;
}

export async function smallStack(): Promise<SmallStack> {
  const engine = await connectEngine("local");
  const reach = await openReach(engine, "staging");
  const stackName = `usc-${Math.random().toString(36).slice(2, 8)}`;
  const services: Record<string, Partial<Service>> = {};
  const model = { services, networks: {}, volumes: {} };
  const environment = { name: "staging", kind: "staging", host: "local", stackName };
  const installation = findInstallation({});
  const stack = { environment, installation, model, replicas: {}, envFile: { values: {} } } as unknown as DesiredStack;
  const name = (service: string) => `${stackName}-${service}`;
  const onHost = (thing: string) => `${stackName}_${thing}`;
  const context = () => makeContext({ engine, reach, stack });

  const ensureNetwork = async (network: string) => {
    const found = await engine.docker.listNetworks({ filters: { name: [onHost(network)] } });
    if (!found.length)
      await engine.docker.createNetwork({ Name: onHost(network), Labels: { [label.stack]: stackName } });
  };
  return {
    engine,
    name,
    onHost,
    context,
    look: async (check) => await runCheck(check, await context()),
    image: async (recipe) => {
      const [image] = await engine.docker.listImages({ filters: { reference: [`understudy/${recipe}`] } });
      if (!image) throw new Error(`the image of ${recipe} is not built`);
      return image.Id;
    },
    add: async (service, options, said = {}, networks = ["internal"]) => {
      for (const network of networks) await ensureNetwork(network);
      services[service] = {
        name: service,
        volumes: [],
        labels: {},
        ...said,
        networks: Object.fromEntries(networks.map((one) => [one, { aliases: [], ipv4Address: undefined }])),
      };
      const container = await engine.docker.createContainer({
        name: name(service),
        Labels: { [label.stack]: stackName, [label.service]: service },
        Healthcheck: { Test: ["NONE"] },
        StopTimeout: 1,
        ...options,
        HostConfig: { NetworkMode: onHost(networks[0] ?? ""), ...options.HostConfig },
      });
      for (const network of networks.slice(1)) {
        await engine.docker.getNetwork(onHost(network)).connect({ Container: container.id });
      }
      await container.start();
    },
    [Symbol.asyncDispose]: async () => {
      const gone = (error: unknown) => {
        if (statusOf(error) !== 404) throw error;
      };
      const filters = { label: [`${label.stack}=${stackName}`] };
      for (const { Id } of await engine.docker.listContainers({ all: true, filters })) {
        await engine.docker.getContainer(Id).remove({ force: true, v: true }).catch(gone);
      }
      for (const { Id } of await engine.docker.listNetworks({ filters })) await engine.docker.getNetwork(Id).remove();
      const { Volumes } = await engine.docker.listVolumes({ filters });
      for (const { Name } of Volumes ?? []) await engine.docker.getVolume(Name).remove().catch(gone);
      await engine.close();
    },
  };
}
