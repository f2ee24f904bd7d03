import type { ComposeModel, Service } from "@understudy/compose";
import { UserError } from "@understudy/core";

/** The name of the service that serves in the place of one that is replaced. */
export function bridgeOf(service: string): string {
  return `${service}-bridge`;
}

/**
 * The model with a second of each of some services beside the first: of the new definition, on the same volumes and
 * networks, reached by the edge alone. Applied, the engine makes them; without them again, it removes them. Pure.
 * @throws UserError when a service bears such a name
 */
export function withBridges(model: ComposeModel, services: readonly string[]): ComposeModel {
  const bridges = services.map((name) => bridge(model, name));
  return { ...model, services: { ...model.services, ...Object.fromEntries(bridges.map((one) => [one.name, one])) } };
}

function bridge(model: ComposeModel, service: string): Service {
  const name = bridgeOf(service);
  const first = model.services[service];
  if (!first) throw new Error(`there is no service ${service}`);
  if (model.services[name]) {
    throw new UserError(`service ${name}: the name is needed while ${service} is replaced`, {
      next: `Rename it, or give ${service} the label understudy.replace: hold`,
    });
  }
  const networks = Object.keys(first.networks).map((network) => [network, { aliases: [], ipv4Address: undefined }]);
  return { ...first, name, hostname: undefined, ports: [], networks: Object.fromEntries(networks) };
}
