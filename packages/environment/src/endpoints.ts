import type { ComposeModel } from "@understudy/compose";
import { isElsewhere, UserError } from "@understudy/core";

/** Where a service answers people, through whatever publishes it. */
export interface Endpoint {
  readonly service: string;
  /** For people. */
  readonly url: string;
  /** For a look from the host itself: address, port, and for HTTP the path that proves health. */
  readonly probe: {
    readonly protocol: "http" | "tcp";
    readonly address: string;
    readonly port: number;
    readonly path: string;
  };
}

/** A service says where it is reached: `understudy.endpoint: http://<publishing service>:<its port>/<health path>`. */
export const endpointLabel = "understudy.endpoint";

/**
 * The endpoints of a model, from its services' labels.
 * @param host the environment's Docker host: behind ssh, what is published to the network is shown by its name. What is
 * published on loopback is shown as localhost, which is the host's own.
 * @throws UserError for a label that leads nowhere.
 */
export function endpoints(model: ComposeModel, host = "local"): Endpoint[] {
  return Object.values(model.services).flatMap((service) => {
    const said = service.labels[endpointLabel];
    return said ? endpoint(model, service.name, said, host) : [];
  });
}

function endpoint(model: ComposeModel, service: string, said: string, host: string): Endpoint[] {
  if (!URL.canParse(said)) throw wrongLabel(service, said, "is not a URL");
  const url = new URL(said);
  const protocol = url.protocol === "http:" ? "http" : url.protocol === "tcp:" ? "tcp" : undefined;
  if (!protocol) throw wrongLabel(service, said, "must begin with http:// or tcp://");
  const target = Number(url.port || 80);
  const port = model.services[url.hostname]?.ports.find((candidate) => candidate.target === target);
  if (!port) throw wrongLabel(service, said, `names a port that service ${url.hostname} does not publish`);
  if (port.published === undefined) return [];
  const published = port.hostIp ?? "0.0.0.0";
  const address = published === "0.0.0.0" || published === "::" ? "127.0.0.1" : published;
  const open = published !== "127.0.0.1" && published !== "::1";
  const away = isElsewhere(host) && open && address === "127.0.0.1";
  const shown = away
    ? new URL(host).hostname
    : address === "127.0.0.1"
      ? "localhost"
      : address.includes(":")
        ? `[${address}]`
        : address;
  return [
    {
      service,
      url: `${protocol}://${shown}:${port.published}`,
      probe: { protocol, address, port: port.published, path: protocol === "http" ? url.pathname : "" },
    },
  ];
}

function wrongLabel(service: string, said: string, why: string): UserError {
  return new UserError(`service ${service}: label ${endpointLabel} "${said}" ${why}`, {
    next: "Correct it in compose/",
  });
}
