import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isAlive, messageOf } from "@understudy/core";
import { unmountBelow } from "./processes.ts";
import { makeKeys, sshOptions } from "./ssh-door.ts";
import { makeMachine, removeControlGroups, type SwarmHost } from "./swarm-machine.ts";
import { ip, makeSwitch } from "./swarm-switch.ts";

export type { SwarmHost } from "./swarm-machine.ts";

/** Several machines that reach each other, and that this one reaches. They are in no swarm yet. */
export interface SwarmHosts extends AsyncDisposable {
  readonly folder: string;
  readonly hosts: readonly SwarmHost[];
  /** For ssh to each of them. */
  readonly sshOptions: readonly string[];
  /** Give images of this machine's engine to all machines, or to some. */
  load(images: readonly string[], to?: readonly SwarmHost[]): void;
}

export interface SwarmHostsOptions {
  /** Disk of each engine, as mount(8) takes it: `3200m`. By machine, or for all. Default: this machine's disk. */
  readonly diskSize?: string | readonly (string | undefined)[];
  /** More options for each dockerd. */
  readonly engineOptions?: readonly string[];
}

/** Names of what one run makes begin with it, then the process's id. A network interface has 15 letters at most. */
const mark = "usw";
let runs = 0;

/**
 * Make machines `node1`, `node2`, … on one switch and boot them, each with an engine and ssh. They do not reach the internet.
 * Needs what `cannotPlayRemoteHost` asks for. What dead test runs left is removed first.
 */
export async function startSwarmHosts(count: number, options: SwarmHostsOptions = {}): Promise<SwarmHosts> {
  removeLeftovers();
  const prefix = `${mark}${process.pid}x${runs++}`;
  const folder = join(tmpdir(), prefix);
  mkdirSync(folder);
  makeKeys(folder);
  const plug = makeSwitch(prefix);
  const machines: ReturnType<typeof makeMachine>[] = [];
  const swarm: SwarmHosts = {
    folder,
    get hosts() {
      return machines.map(({ host }) => host);
    },
    sshOptions: sshOptions(folder),
    load: (images, to = swarm.hosts) => load(join(folder, "images.tar"), images, to),
    [Symbol.asyncDispose]: async () => {
      await Promise.all(machines.map(({ remove }) => remove()));
      plug.remove();
      removeFolder(folder);
    },
  };
  try {
    for (let number = 1; number <= count; number++) {
      const { diskSize, engineOptions = [] } = options;
      const size = typeof diskSize === "string" ? diskSize : diskSize?.[number - 1];
      machines.push(makeMachine({ folder, prefix, number, plug, diskSize: size, engineOptions }));
    }
    await Promise.all(swarm.hosts.map((host) => host.boot()));
    return swarm;
  } catch (error) {
    await swarm[Symbol.asyncDispose]();
    throw error;
  }
}

function load(file: string, images: readonly string[], to: readonly SwarmHost[]): void {
  execFileSync("docker", ["save", "--output", file, ...images], { stdio: "pipe" });
  for (const host of to) host.docker("load", "--quiet", "--input", file);
  rmSync(file);
}

/** Processes of a dead run have ended with it; its namespaces, control groups and its folder with what is mounted there have not. */
function removeLeftovers(): void {
  const ownerOf = (name: string) => Number(new RegExp(`^${mark}(\\d+)x\\d`).exec(name)?.[1] ?? Number.NaN);
  const dead = (name: string) => !Number.isNaN(ownerOf(name)) && !isAlive(ownerOf(name));
  const namespaces = execFileSync("ip", ["netns", "list"]).toString().split("\n");
  const removals = [
    ...namespaces
      .map((line) => line.split(" ")[0] ?? "")
      .filter(dead)
      .flatMap((name) => [() => ip("netns", "del", name), () => removeControlGroups(name)]),
    ...readdirSync(tmpdir())
      .filter(dead)
      .map((name) => () => removeFolder(join(tmpdir(), name))),
  ];
  for (const remove of removals) {
    try {
      remove();
    } catch (error) {
      // Another test that starts now does the same.
      console.warn(`left of a dead test: ${messageOf(error)}`);
    }
  }
}

function removeFolder(folder: string): void {
  unmountBelow(folder);
  rmSync(folder, { recursive: true, force: true });
}
