import type { ComposeModel } from "@understudy/compose";
import { isLoopback } from "@understudy/stacks/swarm";

/**
 * The model as a swarm can publish it: a swarm publishes on every address of a machine, so what is for its own loopback only, databases of a
 * staging above all, is published nowhere. Pure.
 */
export function withoutLoopbackPorts(model: ComposeModel): ComposeModel {
  const services = Object.entries(model.services).map(([name, service]) => {
    const ports = service.ports.map((port) => (isLoopback(port) ? { ...port, published: undefined } : port));
    return [name, { ...service, ports }] as const;
  });
  return { ...model, services: Object.fromEntries(services) };
}
