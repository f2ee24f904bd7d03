import type { types } from "@pulumi/docker";
import type { Port, Service } from "@understudy/compose";
import { UserError } from "@understudy/core";
import { compact } from "../values.ts";

/**
 * How a service is reached: by name, at the addresses of its replicas, and at the ports of the machines that they run on.
 * Neither takes the kernel's IPVS, which virtual addresses and the routing mesh take and not every machine has.
 * @throws UserError for a port on one address: a swarm publishes on every address of a machine
 */
export function endpoint(service: Service): types.input.ServiceEndpointSpec {
  return {
    mode: "dnsrr",
    ports: publishedPorts(service).map(({ target, published, protocol }) =>
      compact({ targetPort: target, publishedPort: published, protocol, publishMode: "host" }),
    ),
  };
}

/** The ports that a swarm's machines publish. Pure. @throws UserError as `endpoint` */
export function publishedPorts({ name, ports }: Service): Port[] {
  return ports.filter((port) => {
    if (isLoopback(port)) return false;
    if (port.hostIp === undefined || EVERY_ADDRESS.has(port.hostIp)) return true;
    throw new UserError(`service ${name}: port ${portText(port)} is for one address, but a swarm publishes on all`, {
      next: "Leave the address out, or use 127.0.0.1 for a port that is not to be published there",
    });
  });
}

/** Whether only the machine itself could reach it: no service can say so on a swarm. Pure. */
export function isLoopback({ hostIp }: Port): boolean {
  return hostIp !== undefined && (/^127\./.test(hostIp) || hostIp === "::1" || hostIp === "localhost");
}

/** As in a compose file: `127.0.0.1:5678:5678`. */
export function portText({ hostIp, published, target, protocol }: Port): string {
  const address = hostIp?.includes(":") ? `[${hostIp}]` : hostIp;
  const places = [address, published, target].filter((part) => part !== undefined).join(":");
  return protocol === "tcp" ? places : `${places}/${protocol}`;
}

const EVERY_ADDRESS = new Set(["0.0.0.0", "::"]);
