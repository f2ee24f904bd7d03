import { isIPv4 } from "node:net";
import type { types } from "@pulumi/docker";
import type { IpamPool, Network } from "@understudy/compose";
import { UserError } from "@understudy/core";
import { compact } from "../values.ts";

/**
 * A network as one across machines, which other containers may join: those that work on a service's data do. Pure.
 * @throws UserError for what would make it another network at every run, or on every machine
 */
export function overlayArgs(name: string, { driver, driverOpts, internal, ipam }: Network) {
  if (driver && driver !== "overlay") {
    throw new UserError(`network ${name}: driver ${driver} is for one machine`, {
      next: "Use overlay, or leave it out",
    });
  }
  if (Object.keys(driverOpts).length) {
    throw new UserError(`network ${name}: driver_opts cannot be kept by the Docker provider on a swarm`, {
      next: "Remove them, or create the network by hand and name it with external: true",
    });
  }
  return compact({
    driver: "overlay",
    internal,
    attachable: true,
    ipamConfigs: ipam?.config.map((pool) => addressPool(name, pool)),
  });
}

/** With the gateway that a swarm would choose, which is read back as if it had been said. */
function addressPool(network: string, { subnet, gateway, ipRange }: IpamPool): types.input.NetworkIpamConfig {
  const chosen = gateway ?? (subnet && firstAddress(subnet));
  if (subnet && !chosen) {
    throw new UserError(`network ${network}: subnet ${subnet} has no gateway`, { next: "Name it with 'gateway'" });
  }
  return compact({ subnet, gateway: chosen, ipRange });
}

function firstAddress(subnet: string): string | undefined {
  const [address = "", bits = ""] = subnet.split("/");
  if (!isIPv4(address) || !/^\d+$/.test(bits) || Number(bits) > 30) return undefined;
  const number = address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
  const first = number - (number % 2 ** (32 - Number(bits))) + 1;
  return [24, 16, 8, 0].map((shift) => (first >>> shift) & 255).join(".");
}
