import type { ComposeModel, Service } from "@understudy/compose";
import { type FleetNode, ingressLabel, UserError } from "@understudy/core";
import { volumeName } from "@understudy/stacks/names";
import { isStateful } from "@understudy/stacks/swarm";

export interface DataNodeQuestion {
  readonly stackName: string;
  readonly model: ComposeModel;
  readonly nodes: readonly FleetNode[];
  /** Node IDs by volume, as far as one is somewhere already; several, where several machines have one of that name. */
  readonly volumes: ReadonlyMap<string, readonly string[]>;
}

/** Services that keep data in named volumes. Pure. */
export function statefulServices({ services }: ComposeModel): Service[] {
  return Object.values(services).filter(isStateful);
}

/**
 * The machine that has all data of a stack: where its volumes are already, else the one with the most memory of those that its services
 * may be on. One machine, because a moment of everything cannot be held on two. Pure.
 * @returns its node ID; undefined for a stack without data
 * @throws UserError when that machine is away, the volumes are on two machines, or where its services must not be
 */
export function chooseDataNode({ stackName, model, nodes, volumes }: DataNodeQuestion): string | undefined {
  const stateful = statefulServices(model);
  if (stateful.length === 0) return undefined;
  const nameOf = (id: string) => nodes.find((node) => node.id === id)?.name ?? id;
  const named = stateful
    .flatMap((service) => service.volumes.flatMap((mount) => (mount.type === "volume" ? [mount.source] : [])))
    .map((source) => model.volumes[source]?.external?.name ?? volumeName(stackName, source));
  for (const volume of named) {
    const those = volumes.get(volume) ?? [];
    if (those.length < 2) continue;
    throw new UserError(
      `The volume ${volume} is on ${those.map(nameOf).join(" and ")}, and no service says which of them has the data`,
      {
        next: `Keep one: docker volume rm ${volume} on the machine that has it from before, and run again. docs/swarm.md`,
      },
    );
  }
  const homes = named.flatMap((volume) => volumes.get(volume) ?? []);
  const [home, second] = [...new Set(homes)];
  if (home && second) {
    throw new UserError(`The data of ${stackName} is on two machines: ${nameOf(home)} and ${nameOf(second)}`, {
      next: "Keep it on one: take a backup, remove the volumes of one of them, and restore. docs/swarm.md",
    });
  }
  const constraints = stateful.flatMap(({ name, deploy }) =>
    (deploy?.placement?.constraints ?? []).map((constraint) => ({ name, constraint })),
  );
  const broken = (node: FleetNode) => constraints.find(({ constraint }) => !isMet(node, constraint));
  if (home) {
    const node = nodes.find(({ id }) => id === home);
    if (node && (node.state !== "ready" || node.away)) throw isAway(stackName, node);
    const refused = node && broken(node);
    if (!refused) return home;
    throw new UserError(
      `service ${refused.name}: deploy.placement.constraints says ${refused.constraint}, and its data is on ${node.name}`,
      { next: "Take the constraint away; or move the data: back it up, restore it there. docs/swarm.md" },
    );
  }
  const able = nodes.filter(
    (node) => node.state === "ready" && node.availability === "active" && !node.away && node.host && !broken(node),
  );
  const [best] = able.toSorted((a, b) => b.memory - a.memory || a.name.localeCompare(b.name));
  if (best) return best.id;
  const wanted = constraints.map(({ name, constraint }) => `${name}: ${constraint}`).join(", ");
  throw new UserError(`No machine of the swarm may have the data of ${stackName}${wanted ? ` (${wanted})` : ""}`, {
    next: "See pnpm status for which machines are ready, and the constraints in the compose files",
  });
}

function isAway(stackName: string, { name, host, state, away }: FleetNode): UserError {
  const where = host ? `${name} (${host})` : name;
  return new UserError(
    `The data of ${stackName} is on ${where}, which is ${state === "ready" ? `not reached: ${away}` : state}`,
    {
      next: "Bring that machine back, and run the same command again. If it is lost for good, docs/swarm.md says how its data comes back",
    },
  );
}

/** Whether a machine meets one of Swarm's placement constraints. What is not known of it here, Swarm itself judges. */
function isMet({ id, name, role, ingress }: FleetNode, constraint: string): boolean {
  const [, subject = "", operator = "", value = ""] = /^\s*(\S+)\s*(==|!=)\s*(.+?)\s*$/.exec(constraint) ?? [];
  const known: Record<string, string> = {
    ...{ "node.id": id, "node.hostname": name, "node.role": role },
    [`node.labels.${ingressLabel}`]: String(ingress),
  };
  const has = known[subject];
  return has === undefined || (operator === "==") === (has === value);
}
