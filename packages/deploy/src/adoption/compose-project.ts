import { type ContainerInspectInfo, composeLabel, type Engine, label, UserError } from "@understudy/core";

export interface ComposeProject {
  readonly name: string;
  /** Its containers, without those of `docker compose run`. */
  readonly containers: readonly ContainerInspectInfo[];
}

/**
 * The Docker Compose project that is to be adopted: the one asked for, else the one that the settings name, else the only one.
 * @throws UserError when there is none, or more than one
 */
export async function findProject(
  engine: Engine,
  asked: string | undefined,
  stackName: string,
): Promise<ComposeProject> {
  const listed = await engine.docker.listContainers({ all: true, filters: { label: [composeLabel.project] } });
  const theirs = listed.filter(({ Labels }) => !Labels[label.stack] && Labels[composeLabel.oneOff] !== "True");
  const projects = Map.groupBy(theirs, ({ Labels }) => Labels[composeLabel.project] ?? "");
  const name = chooseProject([...projects.keys()], asked, stackName, engine.host);
  const containers = projects.get(name) ?? [];
  return { name, containers: await Promise.all(containers.map(({ Id }) => engine.docker.getContainer(Id).inspect())) };
}

/** Pure part of `findProject`. @throws UserError as it does */
export function chooseProject(
  projects: readonly string[],
  asked: string | undefined,
  stackName: string,
  host: string,
): string {
  const names = projects.toSorted().join(", ");
  if (asked !== undefined) {
    if (projects.includes(asked)) return asked;
    throw new UserError(`Docker Compose runs no project ${asked} on ${host}`, {
      next: names ? `It runs: ${names}` : "docker ps shows what runs",
    });
  }
  if (projects.includes(stackName)) return stackName;
  const [only] = projects;
  if (only === undefined) {
    throw new UserError(`Nothing that Docker Compose started is on ${host}`, {
      next: "Install production anew: pnpm deploy:production",
    });
  }
  if (projects.length === 1) return only;
  throw new UserError(`Docker Compose runs ${projects.length} projects on ${host}: ${names}`, {
    next: "Say which one is production: --project <name>",
  });
}
