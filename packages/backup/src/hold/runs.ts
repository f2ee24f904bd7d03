import { type ContainerInspectInfo, type Engine, statusOf, UserError } from "@understudy/core";

/** Since when each container runs, in their order; `stopped` or `gone` for one that does not. */
export type Runs = readonly string[];

/** What runs of containers right now. */
export function runsOf(engine: Engine, containers: readonly ContainerInspectInfo[]): Promise<Runs> {
  return Promise.all(containers.map(({ Id }) => runOf(engine, Id)));
}

/** @throws UserError with the containers that began or ended between two looks at them. */
export function assertSameRuns(containers: readonly ContainerInspectInfo[], before: Runs, after: Runs): void {
  const changed = containers.filter((_, index) => before[index] !== after[index]);
  if (changed.length === 0) return;
  throw new UserError(`${namesOf(changed)} began or ended while the writers were to stand still`, {
    next: "See pnpm logs, and run again: what was read meanwhile is not one moment",
  });
}

/** The names of containers, for people. */
export function namesOf(containers: readonly ContainerInspectInfo[]): string {
  return containers.map(({ Name }) => Name.slice(1)).join(", ");
}

async function runOf(engine: Engine, id: string): Promise<string> {
  try {
    const { State } = await engine.docker.getContainer(id).inspect();
    return State.Running ? State.StartedAt : "stopped";
  } catch (error) {
    if (statusOf(error) !== 404) throw error;
    return "gone";
  }
}
