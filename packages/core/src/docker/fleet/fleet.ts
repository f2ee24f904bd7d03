import { setTimeout as sleep } from "node:timers/promises";
import { UserError } from "../../errors.ts";
import type { SwarmNode } from "../../settings/nodes.ts";
import { isOfStack } from "../labels.ts";
import type { SwarmMember, SwarmService, SwarmTask } from "./api.ts";
import { Machine, MachineAway, type Question, WithoutLeader } from "./machine.ts";
import { pinnedVolumes } from "./places.ts";
import { type Listing, type Seen, viewOf } from "./view.ts";
import { volumesOf } from "./volumes.ts";

/** A machine of the swarm as its managers see it, and whether we reach it. */
export interface FleetNode {
  readonly id: string;
  readonly name: string;
  /** As in the settings; undefined for one that they do not name. */
  readonly host: string | undefined;
  readonly role: string;
  readonly leader: boolean;
  /** The swarm's words: `ready`, `down`, `unknown`, `disconnected`. */
  readonly state: string;
  /** `active`, `pause` or `drain`. */
  readonly availability: string;
  /** What the others reach it by. */
  readonly address: string;
  readonly ingress: boolean;
  /** Bytes. */
  readonly memory: number;
  readonly cores: number;
  /** Why we do not reach its engine; undefined when we do, or when the settings do not name it. */
  readonly away: string | undefined;
}

/** What a swarm consists of at one moment. */
export interface FleetView {
  readonly nodes: readonly FleetNode[];
  readonly services: readonly SwarmService[];
  readonly tasks: readonly SwarmTask[];
}

/** A volume on a machine that has it from before its data was moved. */
export interface OlderVolume {
  readonly volume: string;
  /** As the swarm calls the machine. */
  readonly node: string;
}

/** Label of a node where requests come in, as Swarm's constraints name it: `node.labels.<this>`. */
export const ingressLabel = "understudy.ingress";

/** How long managers may take to choose another leader, ms. They miss one that is cut off after 10 to 20 s, then need a few more. */
const election = 45_000;

/** The machines of one swarm, asked as one. */
export class Fleet {
  readonly machines: readonly Machine[];
  /** Node IDs of volumes that are still to be made. */
  readonly #pins = new Map<string, string>();

  readonly #stackName: string;
  /** Networks that containers of ours, made from now on, are on beside those of the stack. */
  readonly besides = new Set<string>();

  private constructor(machines: readonly Machine[], stackName: string) {
    this.machines = machines;
    this.#stackName = stackName;
  }

  /** @throws UserError when no manager of the swarm answers. */
  static async open(nodes: readonly SwarmNode[], stackName: string): Promise<Fleet> {
    const machines = nodes.map((node) => new Machine(node));
    await Promise.all(machines.map((machine) => machine.connect()));
    const fleet = new Fleet(machines, stackName);
    if (machines.some(({ isManager, away }) => isManager && !away)) return fleet;
    await fleet.close();
    const silent = machines.filter(({ away }) => away);
    if (silent.length === 0) {
      throw new UserError(`${machines.map(({ host }) => host).join(", ")} form no swarm yet`, {
        next: "Form it: pnpm swarm:form",
      });
    }
    throw new UserError(
      `No manager of the swarm answers: ${silent.map(({ host, away }) => `${host}: ${away}`).join("; ")}`,
      {
        next: "Bring back a majority of its managers. docs/swarm.md says what to do when they are lost",
      },
    );
  }

  /** Make volumes, once they are asked for, on the machines with these node IDs. */
  pin(volumes: Readonly<Record<string, string>>): void {
    for (const [volume, node] of Object.entries(volumes)) this.#pins.set(volume, node);
  }

  pinOfNew(volume: string): string | undefined {
    return this.#pins.get(volume);
  }

  /** Machines that answer now. Those that do not are tried again meanwhile. */
  get present(): Machine[] {
    for (const machine of this.machines) if (machine.away) void machine.connect();
    return this.machines.filter(({ away, nodeId }) => !away && nodeId);
  }

  /** The machine with a node ID. @throws MachineAway when it does not answer, or the settings do not name it */
  machine(nodeId: string): Machine {
    const found = this.machines.find((machine) => machine.nodeId === nodeId);
    if (!found) throw new MachineAway(`Node ${nodeId}`, "understudy.yml does not name it, or it has not answered yet");
    if (found.away) throw new MachineAway(found.host, found.away);
    return found;
  }

  /** Managers that answer now, those first that have a leader: one that is parted from the majority knows nothing and changes nothing. */
  get managers(): Machine[] {
    return this.present
      .filter(({ isManager }) => isManager)
      .sort((a, b) => Number(a.leaderless) - Number(b.leaderless));
  }

  /** Ask managers until one answers; while they choose another leader, a little longer. @throws MachineAway when none does */
  async askManager<T>(path: string, question?: Question): Promise<T> {
    for (const deadline = performance.now() + election; ; await sleep(500)) {
      try {
        return await this.#askManagers<T>(path, question);
      } catch (error) {
        if (!(error instanceof WithoutLeader) || performance.now() > deadline) throw error;
      }
    }
  }

  async #askManagers<T>(path: string, question?: Question): Promise<T> {
    let lost: unknown = new MachineAway("The swarm", "none of its managers is reached");
    for (const manager of this.managers) {
      try {
        return await manager.askAsManager<T>(path, question);
      } catch (error) {
        if (!(error instanceof MachineAway)) throw error;
        if (!(lost instanceof WithoutLeader)) lost = error;
      }
    }
    throw lost;
  }

  /** Ask every machine that answers; those that fail meanwhile are left out. */
  async askAll<T>(path: string): Promise<{ machine: Machine; said: T }[]> {
    const answers = await Promise.allSettled(
      this.present.map(async (machine) => ({ machine, said: await machine.ask<T>(path) })),
    );
    return answers.flatMap((answer) => {
      if (answer.status === "fulfilled") return [answer.value];
      if (answer.reason instanceof MachineAway) return [];
      throw answer.reason;
    });
  }

  async look(): Promise<FleetView> {
    const [members, services, tasks] = await Promise.all([
      this.askManager<SwarmMember[]>("/nodes"),
      this.askManager<SwarmService[]>("/services"),
      this.askManager<SwarmTask[]>("/tasks"),
    ]);
    return { nodes: members.map((member) => this.#node(member)), services, tasks };
  }

  /** Every container, as one engine would have them. */
  async containers(): Promise<Seen[]> {
    const [services, tasks, listings] = await Promise.all([
      this.askManager<SwarmService[]>("/services"),
      this.askManager<SwarmTask[]>("/tasks"),
      this.askAll<Listing["containers"]>("/containers/json?all=1"),
    ]);
    return viewOf(
      services,
      tasks,
      listings.map(({ machine, said }) => ({ node: machine.nodeId ?? "", containers: said })),
    );
  }

  /** The node IDs where each volume is that we reach, or that a service is pinned to; several, where none is and its name is on several. */
  async volumeNodes(): Promise<ReadonlyMap<string, readonly string[]>> {
    const { found, disputed, pinned } = await volumesOf(this);
    const nodes = new Map<string, readonly string[]>();
    for (const [name, placed] of found)
      nodes.set(
        name,
        (disputed.get(name) ?? [placed]).map(({ node }) => node),
      );
    for (const [name, node] of pinned) nodes.set(name, [node]);
    return nodes;
  }

  /** The stack's volumes that are on a machine beside those that count: from before, and used by nothing. */
  async olderVolumes(): Promise<OlderVolume[]> {
    const [{ older }, { nodes }] = await Promise.all([volumesOf(this), this.look()]);
    return older
      .filter(({ volume }) => isOfStack(volume.Labels, this.#stackName))
      .map(({ volume, node, machine }) => ({
        volume: volume.Name,
        // One that left the swarm has no name in it.
        node: nodes.find(({ id }) => id === node)?.name ?? machine.host,
      }));
  }

  /** The node IDs of volumes that pinned services have, whether their machines answer or not. A node that left the swarm has none. */
  async pinned(): Promise<Map<string, string>> {
    const [services, members] = await Promise.all([
      this.askManager<SwarmService[]>("/services"),
      this.askManager<SwarmMember[]>("/nodes"),
    ]);
    const known = new Set(members.map(({ ID }) => ID));
    return new Map([...pinnedVolumes(services)].filter(([, node]) => known.has(node)));
  }

  /** Names of the networks where the stack's containers are reached, and of `besides`. */
  async networks(): Promise<string[]> {
    const all =
      await this.askManager<{ Name: string; Driver: string; Labels?: Record<string, string> | null }[]>("/networks");
    return all
      .filter(({ Name, Driver, Labels }) => {
        return Driver === "overlay" && (isOfStack(Labels, this.#stackName) || this.besides.has(Name));
      })
      .map(({ Name }) => Name)
      .sort();
  }

  /** The machine that the stack's data is on; undefined where it has none. */
  async dataMachine(): Promise<Machine | undefined> {
    const pinned = pinnedVolumes(
      (await this.askManager<SwarmService[]>("/services")).filter(({ Spec }) =>
        isOfStack(Spec.Labels, this.#stackName),
      ),
    );
    const [node] = pinned.values();
    return node === undefined ? undefined : this.machine(node);
  }

  /** The machine that decides: what is to be there once is made there. */
  async leader(): Promise<Machine> {
    const members = await this.askManager<SwarmMember[]>("/nodes");
    const leader = members.find(({ ManagerStatus }) => ManagerStatus?.Leader);
    if (!leader) throw new WithoutLeader();
    return this.machine(leader.ID);
  }

  async close(): Promise<void> {
    await Promise.all(this.machines.map((machine) => machine.close()));
  }

  #node({ ID, Spec, Description, Status, ManagerStatus }: SwarmMember): FleetNode {
    const machine = this.machines.find(({ nodeId }) => nodeId === ID);
    const { NanoCPUs = 0, MemoryBytes = 0 } = Description.Resources ?? {};
    // A leader does not know what others reach it by but from its own manager's address.
    const address = ManagerStatus?.Addr?.replace(/:\d+$/, "") ?? Status.Addr ?? "";
    return {
      ...{ id: ID, name: Description.Hostname, host: machine?.host, role: Spec.Role, address },
      ...{ leader: ManagerStatus?.Leader ?? false, state: Status.State, availability: Spec.Availability },
      ...{ ingress: Spec.Labels?.[ingressLabel] === "true", memory: MemoryBytes, cores: NanoCPUs / 1e9 },
      away: machine?.away,
    };
  }
}
