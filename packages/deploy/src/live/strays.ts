import type { Deployment } from "@pulumi/pulumi/automation/index.js";
import { type Engine, label, messageOf, statusOf, UserError } from "@understudy/core";
import { type Snapshot, type SwarmSnapshot, serviceOf } from "@understudy/environment";

/** Part of an exported Pulumi state that matters here. */
interface ExportedState {
  readonly resources?: readonly { readonly id?: string; readonly type: string }[];
  pending_operations?: unknown[];
}

/**
 * Containers of this stack that the engine's state does not know: left by a run that was killed between making them and
 * writing it down. They hold no data (that is in volumes) and would block their names.
 */
export function strayContainers(snapshot: Snapshot, deployment: Deployment): { id: string; service: string }[] {
  const known = new Set(((deployment.deployment as ExportedState | undefined)?.resources ?? []).map(({ id }) => id));
  if (snapshot.swarm) return strayServices(snapshot, snapshot.swarm, known);
  return [...snapshot.containers.values()]
    .filter(({ Id, Config }) => !known.has(Id) && isOurs(Config.Labels))
    .map((info) => ({ id: info.Id, service: serviceOf(info) }));
}

/** In a swarm a stray is a service; with any of its containers it goes. */
function strayServices(
  { containers }: Snapshot,
  { services }: SwarmSnapshot,
  known: ReadonlySet<string | undefined>,
): { id: string; service: string }[] {
  return [...services.values()].flatMap(({ ID, Spec }) => {
    const container = containers.get(Spec.Name);
    if (known.has(ID) || !isOurs(Spec.Labels) || !container) return [];
    return [{ id: container.Id, service: serviceOf(container) }];
  });
}

/** The same for networks; volumes are adopted by name, so they are never strays. */
export function strayNetworks(snapshot: Snapshot, deployment: Deployment): { id: string; name: string }[] {
  const known = new Set(((deployment.deployment as ExportedState | undefined)?.resources ?? []).map(({ id }) => id));
  return [...snapshot.networks.values()]
    .filter(({ Id, Labels }) => !known.has(Id) && isOurs(Labels))
    .map(({ Id, Name }) => ({ id: Id, name: Name }));
}

/** What Docker Compose made is no leftover of ours, whatever its name. */
function isOurs(labels: Readonly<Record<string, string>> | undefined): boolean {
  return labels?.[label.stack] !== undefined;
}

/** The state without operations that never ended, or undefined when there were none. */
export function withoutPendingOperations(exported: Deployment): Deployment | undefined {
  const state = exported.deployment as ExportedState | undefined;
  if (!state?.pending_operations?.length) return undefined;
  return { ...exported, deployment: { ...state, pending_operations: [] } };
}

/** Stop and remove a container as the engine would: its data volumes stay. */
export async function removeContainer(engine: Engine, id: string): Promise<void> {
  const container = engine.docker.getContainer(id);
  try {
    await container.stop().catch(ignore(304, 404));
    await container.remove({ force: true, v: true });
  } catch (error) {
    ignore(404, 409)(error);
  }
}

/** Remove a network; one that is gone already is fine. @throws UserError when containers of others hang on it. */
export async function removeNetwork(engine: Engine, id: string): Promise<void> {
  await engine.docker
    .getNetwork(id)
    .remove()
    .catch(refused(`Network ${id.slice(0, 12)}`));
}

/** Remove a data volume; one that is gone already is fine. @throws UserError when a container of others uses it. */
export async function removeVolume(engine: Engine, name: string): Promise<void> {
  await engine.docker
    .getVolume(name)
    .remove()
    .catch(refused(`Data volume ${name}`));
}

function refused(what: string): (error: unknown) => void {
  return (error) => {
    if (statusOf(error) === 404) return;
    if (![403, 409].includes(statusOf(error) ?? 0)) throw error;
    throw new UserError(`${what} cannot be removed: ${messageOf(error)}`, {
      next: "Remove what still uses it (docker ps -a), and run again",
      cause: error,
    });
  };
}

function ignore(...statuses: number[]): (error: unknown) => void {
  return (error) => {
    if (!statuses.includes(statusOf(error) ?? 0)) throw error;
  };
}
