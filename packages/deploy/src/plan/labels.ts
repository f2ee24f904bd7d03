import { label } from "@understudy/core";
import { containerName, networkName, volumeName } from "@understudy/stacks/names";
import type { Candidate } from "../candidate.ts";
import { hash } from "../live/fingerprint.ts";
import type { Snapshot } from "../live/snapshot.ts";

/** Hash of what a container was made from. While it holds, the container keeps the release that it was made by. */
const configLabel = "understudy.config";

type Kind = "container" | "network" | "volume";

/**
 * The labels of everything in a stack. `understudy.release` names the release that made a thing: an unchanged container
 * keeps its own through later releases, and so do networks and volumes, which labels must never replace. Pure.
 */
export function stackLabels(
  { desired, images, release }: Candidate,
  live: Snapshot,
): (kind: Kind, name: string) => Record<string, string> {
  const { environment, model } = desired;
  const base = { [label.stack]: environment.stackName, [label.environment]: environment.name };
  return (kind, name) => {
    const shared = { ...base, [label.service]: name };
    if (kind === "network")
      return {
        ...base,
        [label.release]:
          live.networks.get(networkName(environment.stackName, name))?.Labels?.[label.release] ?? release.id,
      };
    if (kind === "volume")
      return {
        ...base,
        [label.release]:
          live.volumes.get(volumeName(environment.stackName, name))?.Labels?.[label.release] ?? release.id,
      };
    const config = hash({
      service: model.services[name],
      image: images[name]?.id,
      files: placedFiles(desired.model, name),
    }).slice(0, 16);
    const current = live.containers.get(containerName(environment.stackName, name))?.Config.Labels;
    const made = current?.[configLabel] === config ? current[label.release] : undefined;
    return { ...shared, [configLabel]: config, [label.release]: made ?? release.id };
  };
}

function placedFiles(model: Candidate["desired"]["model"], service: string): string[] {
  const { configs = [], secrets = [] } = model.services[service] ?? {};
  return [
    ...configs.map(({ source }) => model.configs[source]),
    ...secrets.map(({ source }) => model.secrets[source]),
  ].map((source) => source?.content ?? "");
}
