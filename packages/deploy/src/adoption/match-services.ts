import type { ComposeModel } from "@understudy/compose";
import { type ContainerInspectInfo, composeLabel, UserError } from "@understudy/core";
import { describeState } from "@understudy/environment";
import { containerName } from "@understudy/stacks/names";
import type { ComposeProject } from "./compose-project.ts";

/** The container that runs each service. */
export type Matched = ReadonlyMap<string, ContainerInspectInfo>;

export interface Match {
  readonly services: Matched;
  /** Names of the project's containers that the compose files know nothing of: they are left alone. */
  readonly others: readonly string[];
}

/**
 * Find the one running container of each service. Pure.
 * @throws UserError naming everything that stands in the way
 */
export function matchServices(model: ComposeModel, { name: project, containers }: ComposeProject): Match {
  const byService = Map.groupBy(containers, ({ Config }) => Config.Labels[composeLabel.service] ?? "");
  const flaws = Object.keys(model.services).flatMap((service) => serviceFlaws(service, byService.get(service) ?? []));
  if (flaws.length) {
    throw new UserError(`${project} does not run what the compose files say: ${flaws.join("; ")}`, {
      next: "Make the compose files and what runs name the same services, each running once; then run it again",
    });
  }
  const services = new Map(
    Object.keys(model.services).flatMap((name) => byService.get(name)?.map((info) => [name, info] as const) ?? []),
  );
  refuseCalledByName(project, services);
  const known = new Set([...services.values()].map(({ Id }) => Id));
  return {
    services,
    others: containers
      .filter(({ Id }) => !known.has(Id))
      .map(nameOf)
      .sort(),
  };
}

function serviceFlaws(service: string, found: readonly ContainerInspectInfo[]): string[] {
  const [only] = found;
  if (!only) return [`service ${service} has no container`];
  if (found.length > 1)
    return [`service ${service} has ${found.length} containers (${found.map(nameOf).sort().join(", ")})`];
  const { Running, Paused, Restarting } = only.State;
  return Running && !Paused && !Restarting
    ? []
    : [`service ${service} does not run (${nameOf(only)}: ${describeState(only)})`];
}

/** A container gets another name by its adoption: whoever calls it by the old one would not find it any more. */
function refuseCalledByName(project: string, services: Matched): void {
  for (const [service, called] of services) {
    if (nameOf(called) === containerName(project, service)) continue;
    const word = new RegExp(`(?<![\\w.-])${RegExp.escape(nameOf(called))}(?![\\w-])`);
    for (const [caller, { Config }] of services) {
      const texts = [...(Config.Env ?? []), ...(Config.Cmd ?? []), ...[Config.Entrypoint ?? []].flat()];
      if (!texts.some((text) => word.test(text))) continue;
      throw new UserError(
        `${caller} reaches ${service} by its container's name ${nameOf(called)}, which adoption changes`,
        {
          next: `Have it use the service's name, ${service}, and restart it with Docker Compose; then run it again`,
        },
      );
    }
  }
}

export function nameOf({ Name }: Pick<ContainerInspectInfo, "Name">): string {
  return Name.slice(1);
}
