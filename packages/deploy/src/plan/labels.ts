import type { ComposeModel, Service } from "@understudy/compose";
import { label } from "@understudy/core";
import { containerName } from "@understudy/stacks/names";
import type { Candidate } from "../candidate.ts";
import { hash } from "../live/fingerprint.ts";
import type { Snapshot } from "../live/snapshot.ts";

/** Hash of what a container was made from. While it holds, the container keeps the release that it was made by. */
const configLabel = "understudy.config";

type Kind = "container" | "network" | "volume";

/**
 * The labels of everything in a stack. `understudy.release` names the release that made a thing: an unchanged container
 * keeps its own through later releases. Networks and volumes keep theirs too: the program ignores changes of them. Pure.
 */
export function stackLabels(
  candidate: Candidate,
  live: Snapshot,
): (kind: Kind, name: string) => Record<string, string> {
  const { desired, release } = candidate;
  const { environment, model } = desired;
  const base = { [label.stack]: environment.stackName, [label.environment]: environment.name };
  return (kind, name) => {
    if (kind === "container") return { ...base, ...containerLabels(candidate, live, name) };
    return { ...base, [label.service]: usersOf(model, kind, name), [label.release]: release.id };
  };
}

function containerLabels(
  { desired, images, release }: Candidate,
  live: Snapshot,
  name: string,
): Record<string, string> {
  const { environment, model } = desired;
  const config = hash({
    service: model.services[name],
    image: images[name]?.id,
    files: placedFiles(model, name),
  }).slice(0, 16);
  const current = live.containers.get(containerName(environment.stackName, name))?.Config.Labels;
  const made = current?.[configLabel] === config ? current[label.release] : undefined;
  return { [label.service]: name, [configLabel]: config, [label.release]: made ?? release.id };
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
