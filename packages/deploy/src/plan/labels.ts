import type { ComposeModel, Service } from "@understudy/compose";
import { label } from "@understudy/core";
import type { Snapshot } from "@understudy/environment";
import { containerName } from "@understudy/stacks/names";
import type { Adopted } from "../adoption/adopted.ts";
import type { Candidate } from "../candidate.ts";
import { hash } from "../live/fingerprint.ts";

/** Hash of what a container was made from. While it holds, the container keeps the release that it was made by. */
export const configLabel = "understudy.config";

type Kind = "container" | "service" | "network" | "volume" | "secret" | "config";

/**
 * The labels of everything in a stack. `understudy.release` names the release that made a thing: an unchanged container
 * keeps its own through later releases. Networks and volumes keep theirs too: the program ignores changes of them. Pure.
 */
export function stackLabels(
  candidate: Candidate,
  live: Snapshot,
  adopted: (service: string) => Adopted | undefined,
): (kind: Kind, name: string) => Record<string, string> {
  const { desired, release } = candidate;
  const { environment, model } = desired;
  const base = { [label.stack]: environment.stackName, [label.environment]: environment.name };
  return (kind, name) => {
    if (kind === "secret" || kind === "config") return base;
    if (kind === "container" || kind === "service")
      return { ...base, ...containerLabels(candidate, live, adopted, name) };
    return { ...base, [label.service]: usersOf(model, kind, name), [label.release]: release.id };
  };
}

function containerLabels(
  candidate: Candidate,
  live: Snapshot,
  adopted: (service: string) => Adopted | undefined,
  name: string,
): Record<string, string> {
  const { desired, release } = candidate;
  const { environment } = desired;
  const config = configOf(candidate, name);
  const current = live.containers.get(containerName(environment.stackName, name));
  const labels = current?.Config.Labels;
  const made = labels?.[configLabel] === config ? labels[label.release] : adopted(name)?.release;
  return { [label.service]: name, [configLabel]: config, [label.release]: made ?? release.id };
}

/** Hash of what a service's container is made from. */
export function configOf({ desired: { model }, images }: Pick<Candidate, "desired" | "images">, name: string): string {
  // How many there are makes none of them another.
  const { replicas: _, ...service } = model.services[name] ?? {};
  const made = { service, image: images[name]?.id, files: placedFiles(model, name) };
  return hash(made).slice(0, 16);
}

/** The services that share a network or volume. */
function usersOf(model: ComposeModel, kind: "network" | "volume", name: string): string {
  const uses = ({ networks, volumes }: Service) =>
    kind === "network"
      ? Object.hasOwn(networks, name)
      : volumes.some((mount) => mount.type === "volume" && mount.source === name);
  return Object.values(model.services)
    .filter(uses)
    .map((service) => service.name)
    .sort()
    .join(",");
}

function placedFiles(model: Candidate["desired"]["model"], service: string): string[] {
  const { configs = [], secrets = [] } = model.services[service] ?? {};
  return [
    ...configs.map(({ source }) => model.configs[source]),
    ...secrets.map(({ source }) => model.secrets[source]),
  ].map((source) => source?.content ?? "");
}
