import { UserError } from "@understudy/core";
import type { ComposeModel, Service } from "./model.ts";

/** What a further container of a service carries: the service that it is one of. */
export const replicaLabel = "understudy.replica-of";

/**
 * The model with a service of its own for each further container of a service: `worker`, `worker-2`, `worker-3`. All of them answer to
 * the name of the first on their networks. Pure.
 * @param counts by service; the files' `deploy.replicas` where it says nothing
 * @throws UserError for a service that cannot run twice, or a name that is taken
 */
export function expandReplicas(model: ComposeModel, counts: Readonly<Record<string, number>> = {}): ComposeModel {
  const services = Object.values(model.services).flatMap((service) => {
    const count = counts[service.name] ?? service.replicas ?? 1;
    // The number is no part of a container: one more of it changes none of the others.
    const first: Service = { ...service, replicas: undefined };
    if (count === 1) return [first];
    refuseSingular(service, count);
    return [first, ...further(model, service, count)];
  });
  return { ...model, services: Object.fromEntries(services.map((service) => [service.name, service])) };
}

/** The names of everything that a service runs as: its own, and those of its further containers. */
export function containersOf(model: Pick<ComposeModel, "services">, service: string): string[] {
  const all = Object.values(model.services);
  return all.filter(({ name, labels }) => name === service || labels[replicaLabel] === service).map(({ name }) => name);
}

/** The same by service, without what stands for a further container of another. Pure. */
export function withoutReplicas<Thing>(
  model: Pick<ComposeModel, "services">,
  things: Readonly<Record<string, Thing>>,
): Record<string, Thing> {
  return Object.fromEntries(Object.entries(things).filter(([name]) => !model.services[name]?.labels[replicaLabel]));
}

function further(model: ComposeModel, service: Service, count: number): Service[] {
  return Array.from({ length: count - 1 }, (_, index) => {
    const name = `${service.name}-${index + 2}`;
    if (model.services[name]) {
      throw new UserError(`service ${name}: the name is that of a further container of ${service.name}`, {
        next: "Rename the service in the compose files",
      });
    }
    return replica(service, name);
  });
}

function replica(service: Service, name: string): Service {
  // An endpoint is the service's, and its first container stands for it.
  const { "understudy.endpoint": _, ...labels } = service.labels;
  const networks = Object.entries(service.networks).map(([network, attachment]) => [
    network,
    { ...attachment, aliases: [...attachment.aliases, service.name] },
  ]);
  return {
    ...service,
    name,
    replicas: undefined,
    networks: Object.fromEntries(networks),
    labels: { ...labels, [replicaLabel]: service.name },
  };
}

/** What only one container can have. */
function refuseSingular(service: Service, count: number): void {
  const { name, volumes, ports, networks, hostname } = service;
  const stored = volumes.find(({ type }) => type === "volume");
  const why = [
    ...(stored ? [`volume ${stored.source} is one container's data`] : []),
    ...(ports.length ? [`port ${ports[0]?.published ?? ports[0]?.target} can be published once`] : []),
    ...(Object.values(networks).some(({ ipv4Address }) => ipv4Address) ? ["a fixed address is one container's"] : []),
    ...(hostname ? [`hostname ${hostname} is one container's`] : []),
  ][0];
  if (!why) return;
  throw new UserError(`service ${name}: ${count} of it cannot run, its ${why}`, {
    next: `Run one, or take it from ${name} in the compose files`,
  });
}
