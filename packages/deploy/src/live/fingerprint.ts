import { type ContainerInspectInfo, sha256 } from "@understudy/core";
import type { Snapshot } from "@understudy/environment";

/**
 * A hash over everything of a stack that a deploy decides: configuration, limits, mounts, networks, images, and that it
 * runs. Times, addresses and counters are left out. Any change by hand changes it.
 */
export function fingerprint({ containers, networks, volumes, swarm }: Snapshot): string {
  return hash({
    // A swarm makes containers anew where and when it likes, from what its services say.
    ...(swarm
      ? { services: [...swarm.services].map(([name, { Spec }]) => [name, Spec]).sort() }
      : { containers: [...containers].map(([name, info]) => [name, containerShape(info)]).sort() }),
    networks: [...networks]
      .map(([name, { Id, Driver, Internal, Attachable, IPAM, Options, Labels }]) => [
        name,
        { Id, Driver, Internal, Attachable, IPAM, Options, Labels },
      ])
      .sort(),
    volumes: [...volumes].map(([name, { Driver, Options, Labels }]) => [name, { Driver, Options, Labels }]).sort(),
  });
}

/** A stable hash of plain data: key order does not matter. */
export function hash(data: unknown): string {
  return sha256(JSON.stringify(data, sortKeys));
}

/**
 * A hash over what nothing but a hand changes in a container that lives on. Whether it runs is left out, and so are the
 * limits that can be changed in place: those the engine reads back and mends by itself.
 */
export function containerDrift(info: ContainerInspectInfo): string {
  const { Config, HostConfig, mounts, attachments, Image } = containerShape(info);
  const { Memory, MemorySwap, MemoryReservation, NanoCpus, CpuShares, RestartPolicy, ...fixed } = HostConfig;
  return hash({ Config, fixed, mounts, attachments, Image });
}

function containerShape(info: ContainerInspectInfo) {
  const { Id, Image, Config, HostConfig, Mounts, State, NetworkSettings } = info;
  const mounts = Mounts.map(({ Name, Source, Destination, RW }) => ({ Name, Source, Destination, RW })).sort((a, b) =>
    a.Destination < b.Destination ? -1 : 1,
  );
  const attachments = Object.fromEntries(
    Object.entries(NetworkSettings.Networks).map(([name, { NetworkID, Aliases, IPAMConfig }]) => [
      name,
      { NetworkID, Aliases, IPAMConfig },
    ]),
  );
  return { Id, Image, Config, HostConfig, mounts, running: State.Running && !State.Paused, attachments };
}

function sortKeys(_key: string, value: unknown): unknown {
  if (!value || typeof value !== "object" || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
