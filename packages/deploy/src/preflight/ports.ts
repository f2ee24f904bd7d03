import type { ComposeModel } from "@understudy/compose";
import { type Engine, type Environment, type HostSession, isOfStack, label, UserError } from "@understudy/core";
import { doorsOf } from "../swarm/doors.ts";

export interface WantedPort {
  readonly service: string;
  readonly address: string;
  readonly port: number;
  readonly protocol: string;
}

export interface TakenPort extends WantedPort {
  /** Who has it, in words. */
  readonly holder: string;
}

/** Every host port that the model publishes. */
export function wantedPorts(model: ComposeModel): WantedPort[] {
  return Object.values(model.services).flatMap((service) =>
    service.ports.flatMap(({ published, hostIp, protocol }) =>
      published === undefined
        ? []
        : [{ service: service.name, address: hostIp ?? "0.0.0.0", port: published, protocol }],
    ),
  );
}

/**
 * Refuse before anything changes when somebody else has a port. Our own stack's ports do not count.
 * @throws UserError with port, holder and remedy.
 */
export async function assertPortsFree(
  engine: Engine,
  session: HostSession,
  { stackName, portOffset }: Environment,
  wanted: readonly WantedPort[],
): Promise<void> {
  const containers = await publishing(engine);
  const published = containers.flatMap((container) =>
    container.Ports.filter(({ PublicPort }) => PublicPort).map((port) => ({
      container,
      address: port.IP ?? "",
      port: port.PublicPort,
      protocol: port.Type,
    })),
  );
  // Only what listens: everything else could be more than an exec keeps. Of a swarm's machines, this is one.
  const look = ["grep", "-h", " 0A ", "/proc/net/tcp", "/proc/net/tcp6"];
  const listening = engine.fleet ? [] : parseListeners((await session.exec(look)).stdout);
  const taken = wanted.flatMap((want): TakenPort[] => {
    const holders = published.filter(
      (held) => held.port === want.port && held.protocol === want.protocol && overlap(held.address, want.address),
    );
    // Of a swarm's machines, one may have ours and another somebody else's.
    const holder = holders.find(({ container }) => !isOfStack(container.Labels, stackName))?.container;
    if (!holder && holders.length) return [];
    if (holder) return [{ ...want, holder: describeContainer(holder.Labels, holder.Names[0]?.slice(1) ?? holder.Id) }];
    const listens =
      want.protocol === "tcp" &&
      listening.some((held) => held.port === want.port && overlap(held.address, want.address));
    return listens ? [{ ...want, holder: "another program on the host" }] : [];
  });
  const first = taken[0];
  if (!first) return;
  const all = taken.map(({ port, holder }) => `${port} (${holder})`).join(", ");
  const busy = [...published, ...listening].map(({ port }) => port);
  const offset = suggestOffset(
    wanted.map(({ port }) => port - portOffset),
    busy,
  );
  throw new UserError(`${taken.length > 1 ? "Ports are" : "A port is"} taken: ${all}`, {
    next: `Set portOffset of this environment in understudy.yml${offset ? ` (${offset} would do)` : ""}, or stop the holder (sudo ss -ltnp 'sport = :${first.port}' names it)`,
  });
}

/** Containers on machines that are to publish: in a swarm those at which requests come in. */
async function publishing({ docker, fleet }: Engine) {
  const containers = await docker.listContainers();
  if (!fleet) return containers;
  const doors = new Set(doorsOf((await fleet.look()).nodes).map(({ id }) => id));
  return containers.filter(({ Labels }) => doors.has(Labels[label.node] ?? ""));
}

/** Whether listening on both addresses at once would collide. */
export function overlap(a: string, b: string): boolean {
  const wild = (address: string) => ["", "0.0.0.0", "::", "*"].includes(address);
  return a === b || wild(a) || wild(b);
}

/** The listening sockets of `/proc/net/tcp` and `tcp6`: state 0A, addresses as the kernel prints them. */
export function parseListeners(text: string): { address: string; port: number }[] {
  return text.split("\n").flatMap((line) => {
    const [, local, , state] = line.trim().split(/\s+/);
    const [address, port] = local?.split(":") ?? [];
    if (state !== "0A" || !address || !port) return [];
    return [{ address: kernelAddress(address), port: Number.parseInt(port, 16) }];
  });
}

function kernelAddress(hex: string): string {
  if (/^0+$/.test(hex)) return "0.0.0.0";
  const words = hex.match(/.{8}/g) ?? [];
  const mapped =
    words.length === 4 && words[0] === "00000000" && words[1] === "00000000" && words[2]?.toUpperCase() === "FFFF0000";
  const bytes = (mapped ? words[3] : words.at(0))?.match(/../g)?.reverse();
  if (words.length === 1 || mapped) return bytes?.map((byte) => Number.parseInt(byte, 16)).join(".") ?? "";
  return hex === "00000000000000000000000001000000" ? "::1" : hex;
}

/**
 * The smallest round portOffset at which nothing that is wanted is taken, below the ports that the kernel gives to callers.
 * @param ports as the compose files name them, without any offset
 */
export function suggestOffset(ports: readonly number[], taken: readonly (number | undefined)[]): number | undefined {
  const busy = new Set(taken);
  for (let offset = 1_000; offset <= 24_000; offset += 1_000) {
    if (ports.every((port) => port + offset < 32_768 && !busy.has(port + offset))) return offset;
  }
  return undefined;
}

function describeContainer(labels: Record<string, string>, name: string): string {
  const environment = labels[label.environment];
  return environment ? `environment ${environment}, container ${name}` : `container ${name}`;
}
