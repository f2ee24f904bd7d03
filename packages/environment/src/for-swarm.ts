import type { ComposeModel, Service } from "@understudy/compose";
import { isLoopback } from "@understudy/stacks/swarm";
import type { Replicas } from "./scale.ts";

/**
 * The model as a swarm has it. How many there are of a service stays a number. A swarm publishes on every address of a machine, so what is
 * for its own loopback only, databases of a staging above all, is published nowhere. Pure.
 */
export function forSwarm(model: ComposeModel, replicas: Replicas): ComposeModel {
  const services = Object.values(model.services).map((service): [string, Service] => {
    const ports = service.ports.map((port) => (isLoopback(port) ? { ...port, published: undefined } : port));
    return [service.name, { ...service, ports, replicas: numberOf(service, replicas[service.name]) }];
  });
  return { ...model, services: Object.fromEntries(services) };
}

/** Where neither files nor a person say a number, the swarm's own rule for such a service counts. */
function numberOf({ replicas }: Service, wanted: number | undefined): number | undefined {
  return wanted === (replicas ?? 1) ? replicas : wanted;
}
