import { type ChildProcess, execFileSync } from "node:child_process";
import { existsSync, globSync, mkdirSync, rmdirSync, rmSync, statfsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { answers, childrenOf, ended, startLogged, untilReady } from "./processes.ts";
import { sshdCommand, sshOptions } from "./ssh-door.ts";
import { ip, type Switch } from "./swarm-switch.ts";

/** A machine as far as the product can tell: its own name, network, processes, engine and ssh. */
export interface SwarmHost {
  /** `node1`, its host name too. */
  readonly name: string;
  /** What the other machines and this one reach it by. */
  readonly address: string;
  /** `ssh://root@<address>` */
  readonly url: string;
  /** Its engine without ssh, and also when its network is cut. */
  readonly dockerHost: string;
  /** Its network namespace, in which ports of its containers are published. */
  readonly namespace: string;
  /** Run `docker` on its engine; what it printed, trimmed. */
  docker(...args: readonly string[]): string;
  isOn(): boolean;
  /** As when its power fails: its cable is dead, and every process ends in the same moment. Its disk stays. */
  die(): Promise<void>;
  /** Boot it, with its old disk, and wait for its engine and ssh. */
  boot(): Promise<void>;
  /** Pull its cable, or lose only the packets from and to another machine. */
  cut(from?: SwarmHost): void;
  /** Undo every `cut`. */
  mend(): void;
  /** Fill its disk up to `left` bytes. Only with a disk of its own. */
  fillDisk(left?: number): void;
  freeDisk(): void;
}

export interface MachineRequest {
  /** Of all machines of this swarm: keys and known hosts lie there. */
  readonly folder: string;
  /** First part of its network namespace and control group. */
  readonly prefix: string;
  readonly number: number;
  readonly plug: Switch;
  /** The engine's whole disk, as mount(8) takes it: `3200m`. Default: it shares this machine's. */
  readonly diskSize?: string | undefined;
  /** More options for its dockerd. */
  readonly engineOptions: readonly string[];
}

/** Make a machine, switched off; and how it is taken away. */
export function makeMachine(request: MachineRequest): { host: SwarmHost; remove: () => Promise<void> } {
  const { folder, prefix, number, plug, diskSize } = request;
  const name = `node${number}`;
  const namespace = `${prefix}m${number}`;
  const own = join(folder, name);
  const data = join(own, "data");
  const filler = join(data, "filler");
  const address = plug.addressOf(number);
  mkdirSync(data, { recursive: true });
  if (diskSize) execFileSync("mount", ["-t", "tmpfs", "-o", `size=${diskSize}`, "tmpfs", data]);
  ip("netns", "add", namespace);
  plug.plugIn(namespace, number);
  let power: ChildProcess | undefined;
  let lost: string[][] = [];
  const inside = (...command: string[]) =>
    execFileSync("nsenter", [`--net=/run/netns/${namespace}`, ...command], { stdio: "pipe" });
  const host: SwarmHost = {
    name,
    address,
    url: `ssh://root@${address}`,
    dockerHost: `unix://${own}/docker.sock`,
    namespace,
    docker: (...args) => docker(host, args),
    isOn: () => power !== undefined,
    die: async () => {
      plug.pull(number);
      if (power) await powerOff(power);
      power = undefined;
    },
    boot: async () => {
      plug.putBack(number);
      power ??= powerOn(request, { name, namespace, own, address });
      const logs = [join(own, "log")];
      await untilReady(`the engine of ${name}`, logs, () => answers(["docker", "-H", host.dockerHost, "version"]));
      const options = sshOptions(folder).flatMap((option) => ["-o", option]);
      await untilReady(`ssh of ${name}`, logs, () => answers(["ssh", ...options, `root@${address}`, "true"]));
    },
    cut: (from) => {
      if (!from) return plug.pull(number);
      const rules = [
        ["INPUT", "--source", from.address],
        ["OUTPUT", "--destination", from.address],
      ].map(([chain = "", ...match]) => [chain, ...match, "--jump", "DROP"]);
      for (const rule of rules) inside("iptables", "--insert", ...rule);
      lost = [...lost, ...rules];
    },
    mend: () => {
      plug.putBack(number);
      for (const rule of lost) inside("iptables", "--delete", ...rule);
      lost = [];
    },
    fillDisk: (left = 0) => {
      if (!diskSize) throw new Error(`${name} has no disk of its own: start it with diskSize`);
      const { bavail, bsize } = statfsSync(data);
      execFileSync("fallocate", ["--length", String(bavail * bsize - left), filler]);
    },
    freeDisk: () => rmSync(filler, { force: true }),
  };
  const remove = async () => {
    if (power) await powerOff(power);
    ip("netns", "del", namespace);
    await controlGroupsGone(namespace);
  };
  return { host, remove };
}

/** A process namespace of its own makes one death of all: the kernel ends every process in it with the first one. */
function powerOn(
  { folder, engineOptions }: MachineRequest,
  { name, namespace, own, address }: { name: string; namespace: string; own: string; address: string },
): ChildProcess {
  const spaces = [
    "--pid",
    "--mount",
    "--uts",
    "--ipc",
    "--mount-proc",
    "--propagation",
    "slave",
    "--fork",
    "--kill-child",
  ];
  // Not `ip netns exec`: it mounts /sys anew, and the engine misses its control groups.
  const command = ["nsenter", `--net=/run/netns/${namespace}`, "unshare", ...spaces];
  const env = {
    ...process.env,
    NAME: name,
    FOLDER: own,
    CGROUP: `/${namespace}`,
    SSHD: sshdCommand(folder, { address, port: 22 }).join(" "),
    ENGINE_OPTIONS: engineOptions.join(" "),
  };
  const boot = join(import.meta.dirname, "swarm-machine.sh");
  return startLogged(join(own, "log"), [...command, "bash", boot], { signal: "KILL", env });
}

async function powerOff(power: ChildProcess): Promise<void> {
  for (const pid of childrenOf(power.pid)) process.kill(pid, "SIGKILL");
  await ended(power, "SIGKILL");
}

function docker({ dockerHost }: SwarmHost, args: readonly string[]): string {
  return execFileSync("docker", ["-H", dockerHost, ...args], { stdio: "pipe", maxBuffer: 64e6 })
    .toString()
    .trim();
}

/** The kernel may still be ending processes that were killed, and keeps their group until then. */
async function controlGroupsGone(name: string): Promise<void> {
  for (const deadline = Date.now() + 10_000; ; await sleep(100)) {
    try {
      return removeControlGroups(name);
    } catch (error) {
      if (Date.now() > deadline) throw error;
    }
  }
}

/** A machine that dies cleans nothing up, and control groups are this machine's. */
export function removeControlGroups(name: string): void {
  for (const group of globSync([`/sys/fs/cgroup/${name}`, `/sys/fs/cgroup/*/${name}`])) {
    for (const inner of globSync(`${group}/**/`).sort().reverse()) if (existsSync(inner)) rmdirSync(inner);
  }
}
