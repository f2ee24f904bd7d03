import { execFileSync } from "node:child_process";
import { networkInterfaces } from "node:os";

/** Where machines of a test are plugged in: a bridge in a network namespace, with a leg of this machine in it. */
export interface Switch {
  /** A machine's cable: its network namespace gets `eth0` with that address. */
  plugIn(namespace: string, number: number): void;
  pull(number: number): void;
  putBack(number: number): void;
  addressOf(number: number): string;
  remove(): void;
}

/**
 * @param name also of this machine's end of the cable: at most 15 letters.
 * The bridge has a namespace of its own: in this machine's, the main engine's firewall would see every frame and drop it.
 */
export function makeSwitch(name: string): Switch {
  const network = freeNetwork();
  ip("netns", "add", name);
  ip("link", "add", name, "type", "veth", "peer", "name", "uplink", "netns", name);
  ip("addr", "add", `${network}.1/24`, "dev", name);
  ip("link", "set", name, "up");
  ip("-n", name, "link", "add", "bridge", "type", "bridge");
  ip("-n", name, "link", "set", "uplink", "master", "bridge");
  for (const one of ["bridge", "uplink"]) ip("-n", name, "link", "set", one, "up");
  const addressOf = (number: number) => `${network}.${10 + number}`;
  return {
    addressOf,
    plugIn: (namespace, number) => {
      const port = portOf(number);
      ip("-n", name, "link", "add", port, "type", "veth", "peer", "name", "eth0", "netns", namespace);
      ip("-n", name, "link", "set", port, "master", "bridge", "up");
      ip("-n", namespace, "addr", "add", `${addressOf(number)}/24`, "dev", "eth0");
      for (const one of ["lo", "eth0"]) ip("-n", namespace, "link", "set", one, "up");
    },
    pull: (number) => ip("-n", name, "link", "set", portOf(number), "down"),
    putBack: (number) => ip("-n", name, "link", "set", portOf(number), "up"),
    remove: () => ip("netns", "del", name),
  };
}

/** Run ip(8). @throws Error with what it says. */
export function ip(...args: readonly string[]): void {
  execFileSync("ip", args, { stdio: "pipe" });
}

function portOf(number: number): string {
  return `port${number}`;
}

/** A /24 of those that are set aside for benchmarks (RFC 2544), which no other test of this machine uses. */
function freeNetwork(): string {
  const used = Object.values(networkInterfaces()).flatMap((list) => list?.map(({ address }) => address) ?? []);
  for (let offset = 0; offset < 256; offset++) {
    const network = `198.18.${(process.pid + offset) % 256}`;
    if (!used.some((address) => address.startsWith(`${network}.`))) return network;
  }
  throw new Error("198.18.0.0/16 is used up: are there switches of dead tests? See `ip netns list`");
}
