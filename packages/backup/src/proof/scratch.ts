import { setTimeout as sleep } from "node:timers/promises";
import type { ComposeModel } from "@understudy/compose";
import {
  awaitOwnTest,
  type Container,
  type ContainerInspectInfo,
  composeLabel,
  type Engine,
  innerResolver,
  isGone,
  label,
  lastLogLines,
  type MountSettings,
  type PlacedFile,
  placeFiles,
  startAttached,
  statusOf,
  UserError,
  weights,
} from "@understudy/core";
import { removeContainer, removeIncoming, type Side, untilInputEnds } from "@understudy/data";
import type { StoredVolume } from "../take/plan-backup.ts";

/** A service that runs on restored data. */
export interface ScratchService extends AsyncDisposable {
  inspect(): Promise<ContainerInspectInfo>;
  /** Wait until its own health check is content. @throws UserError with its last words when it is not in time. */
  awaitHealthy(): Promise<void>;
}

/** ms. */
const startPatience = 300_000;
/** How long its own test is waited for before it is looked at again, seconds. */
const patience = 5;

/** What a service of a trial is started like: a live container, or what one would be of an image. */
export interface Like {
  /** Of the container that placed files are taken from. */
  readonly Id: string;
  readonly Image: string;
  readonly Config: Pick<
    ContainerInspectInfo["Config"],
    "Entrypoint" | "Cmd" | "Env" | "User" | "WorkingDir" | "Healthcheck" | "Labels"
  >;
  readonly HostConfig: Limits;
  readonly Mounts: ContainerInspectInfo["Mounts"];
}

/**
 * A place to try a backup in: a network with no way out, fresh volumes, services like the live ones. It is gone when this process is, but
 * for volumes and network, which the next one removes.
 */
export class Scratch implements AsyncDisposable {
  readonly #side: Side;

  private constructor(side: Side) {
    this.#side = side;
  }

  /** Under the environment's lock: there is one of it. */
  static async open(side: Side): Promise<Scratch> {
    const scratch = new Scratch(side);
    await scratch[Symbol.asyncDispose]();
    const { name, stackName } = side.stack.environment;
    // In a swarm, what works on the trial is on its network; on one engine it reaches every network.
    side.engine.fleet?.besides.add(scratch.#network);
    await side.engine.docker.createNetwork({
      Name: scratch.#network,
      Internal: true,
      CheckDuplicate: true,
      Labels: { [label.incoming]: stackName, [label.environment]: name },
    });
    return scratch;
  }

  get #network(): string {
    return `${this.#side.stack.environment.stackName}-proof`;
  }

  /** Make the empty twin of a volume. */
  async createVolume({ volume }: StoredVolume): Promise<void> {
    const { name, stackName } = this.#side.stack.environment;
    await this.#side.engine.docker.createVolume({
      Name: twinOf(volume),
      Labels: { [label.incoming]: stackName, [label.environment]: name },
    });
  }

  /** Start a service as a live one is, on the twins of its volumes; those that have none are fresh. */
  async start(like: Like, twins: readonly StoredVolume[]): Promise<ScratchService> {
    const { engine, stack } = this.#side;
    const { Image, Config, HostConfig } = like;
    const service = Config.Labels[label.service] ?? Config.Labels[composeLabel.service] ?? "";
    const { id, stream } = await startAttached(
      engine,
      {
        ...untilInputEnds([...[Config.Entrypoint ?? []].flat(), ...(Config.Cmd ?? [])]),
        Image,
        Env: Config.Env,
        User: Config.User,
        WorkingDir: Config.WorkingDir,
        Healthcheck: Config.Healthcheck,
        Labels: { [label.incoming]: stack.environment.stackName, [label.environment]: stack.environment.name },
        HostConfig: {
          ...limitsOf(HostConfig),
          CpuShares: weights.patient,
          Dns: innerResolver.servers,
          DnsOptions: innerResolver.options,
          NetworkMode: this.#network,
          Mounts: mountsOf(like, new Set(twins.map(({ volume }) => volume)), new Set(this.#placed(service))),
        },
        NetworkingConfig: { EndpointsConfig: { [this.#network]: { Aliases: [service] } } },
      },
      (container) => this.#placeFiles(service, like, container),
    );
    stream.on("error", () => {}).resume();
    return {
      inspect: () => engine.docker.getContainer(id).inspect(),
      awaitHealthy: () => awaitHealthy(engine, id, service),
      [Symbol.asyncDispose]: async () => {
        stream.destroy();
        await removeContainer(engine, id);
      },
    };
  }

  #placed(service: string): string[] {
    const { configs = [], secrets = [] } = this.#side.stack.model.services[service] ?? {};
    return [...configs, ...secrets].map(({ target }) => target);
  }

  /** Files that the compose files place in the live container. Not in Postgres, which would begin with empty databases. */
  async #placeFiles(service: string, { Id }: Like, container: Container): Promise<void> {
    const { engine, stack } = this.#side;
    if (service === "postgres") return;
    // A swarm lays them over a container when it starts: its engine has no copy to give.
    if (engine.fleet) return await placeFiles(container, filesOf(stack.model, service));
    for (const target of this.#placed(service)) {
      const archive = await engine.docker.getContainer(Id).getArchive({ path: target });
      await container.putArchive(archive, { path: target.slice(0, target.lastIndexOf("/")) || "/" });
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { engine, stack } = this.#side;
    engine.fleet?.besides.delete(this.#network);
    await removeIncoming(engine, stack.environment.stackName);
    await engine.docker
      .getNetwork(this.#network)
      .remove()
      .catch((error) => {
        if (statusOf(error) !== 404) throw error;
      });
  }
}

/** The configs and secrets of a service, by their places. */
function filesOf({ services, configs, secrets }: ComposeModel, service: string): Record<string, PlacedFile> {
  const { configs: ofConfigs = [], secrets: ofSecrets = [] } = services[service] ?? {};
  const placed = [
    ...ofConfigs.map((mount) => ({ mount, file: configs[mount.source] })),
    ...ofSecrets.map((mount) => ({ mount, file: secrets[mount.source] })),
  ];
  return Object.fromEntries(
    placed.map(({ mount: { target, mode }, file }) => [target, { content: file?.content ?? "", mode }]),
  );
}

/** The volume that a backup's files are tried in. */
export function twinOf(volume: string): string {
  return `${volume}_proof`;
}

type Limits = Pick<
  ContainerInspectInfo["HostConfig"],
  | "Memory"
  | "ShmSize"
  | "Init"
  | "ReadonlyRootfs"
  | "CapAdd"
  | "CapDrop"
  | "SecurityOpt"
  | "Ulimits"
  | "Sysctls"
  | "ExtraHosts"
  | "Tmpfs"
>;

function limitsOf(config: Limits) {
  const { Memory, ShmSize, Init, ReadonlyRootfs, CapAdd, CapDrop, SecurityOpt, Ulimits, Sysctls, ExtraHosts, Tmpfs } =
    config;
  return { Memory, ShmSize, Init, ReadonlyRootfs, CapAdd, CapDrop, SecurityOpt, Ulimits, Sysctls, ExtraHosts, Tmpfs };
}

/** @param placed paths of files that are copied in: Docker Compose, of an adopted stack, had bound them */
function mountsOf({ Mounts }: Like, twins: ReadonlySet<string>, placed: ReadonlySet<string>): MountSettings[] {
  return Mounts.flatMap(({ Type, Name = "", Source, Destination: Target }): MountSettings[] => {
    if (placed.has(Target)) return [];
    if (Type === "bind") return [{ Type, Source, Target, ReadOnly: true }];
    if (Type !== "volume" || !twins.has(Name)) return [];
    return [{ Type, Source: twinOf(Name), Target }];
  });
}

async function awaitHealthy(engine: Engine, id: string, service: string): Promise<void> {
  const deadline = Date.now() + startPatience;
  for (;;) {
    const info = await engine.docker.getContainer(id).inspect().catch(unlessGone);
    const runs = info?.State.Running ?? false;
    if (info && runs && (await awaitOwnTest(engine, info, patience))) return;
    if (!runs || Date.now() > deadline) {
      const words = info ? (await lastLogLines(engine, id, 3)).join("; ") : "it ended at once";
      throw new UserError(`${service} does not start on the restored data: ${words}`);
    }
    await sleep(200);
  }
}

function unlessGone(error: unknown): undefined {
  if (!isGone(error)) throw error;
}
