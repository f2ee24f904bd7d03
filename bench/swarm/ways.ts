import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Command } from "../deploy/measure.ts";
import { measure } from "../deploy/measure.ts";
import { composeFile, stackFile } from "./stack.ts";
import { type BenchStage, places } from "./stage.ts";

/** A way to bring the stack up somewhere, and to take it away with its data. */
export interface Way {
  /** Markdown. */
  readonly name: string;
  /** A name of the way that it is divided by; its own where it is the peer. */
  readonly peer: string;
  readonly up: Command;
  /** Have the next `up` bring this version. */
  write(version: string): void;
  /** What the edge answers at; every machine that has one. */
  readonly edges: readonly string[];
  remove(): Promise<unknown>;
}

const root = join(import.meta.dirname, "../..");
const peerPort = 8001;
const names = {
  stack: "`docker stack deploy`, a swarm of three",
  compose: "`docker-compose up -d` 1.29, one host",
} as const;

/** Ours and its peer on the swarm, then ours and its peer on one machine. The peers speak to the engines' sockets, ours by ssh. */
export function openWays(stage: BenchStage): readonly Way[] {
  return [ours(stage, places.swarm), dockerStack(stage), ours(stage, places.oneHost), dockerCompose(stage)];
}

/** Until every edge has answered with nothing but this version for a while. */
export async function answering({ edges }: Way, version: string): Promise<void> {
  const inARow = 12;
  await Promise.all(
    edges.map(async (url) => {
      for (let seen = 0; seen < inARow; await sleep(50)) {
        const said = await fetch(url, { signal: AbortSignal.timeout(2_000) }).then(
          (answer) => answer.text(),
          () => "",
        );
        seen = said.startsWith(`${version} `) ? seen + 1 : 0;
      }
    }),
  );
}

function ours(stage: BenchStage, environment: string): Way {
  const { installation } = stage;
  const onSwarm = environment === places.swarm;
  const program = ["--import", "./packages/core/src/cli/quick-start.mjs", "packages/deploy/src/cli/deploy-staging.ts"];
  return {
    name: `\`deploy:staging\`, ${onSwarm ? "a swarm of three" : "one host"}`,
    peer: onSwarm ? names.stack : names.compose,
    up: {
      ...{ program: process.execPath, args: [...program, "--environment", environment], cwd: root },
      env: { UNDERSTUDY_ROOT: installation.root, NO_COLOR: "1" },
    },
    write: (version) => stage.write(version),
    edges: (onSwarm ? [1, 2] : [4]).map((number) => edgeOf(stage, number, 8000)),
    remove: () => installation.json("destroy:staging", "--environment", environment, "--volumes", "--yes"),
  };
}

function dockerStack(stage: BenchStage): Way {
  const { installation } = stage;
  const folder = join(installation.root, "compose");
  const stack = `${installation.project}-peer`;
  const machines = [1, 2, 3].map((number) => stage.machine(number));
  const manager = stage.machine(1);
  return {
    ...{ name: names.stack, peer: names.stack },
    up: command(
      "docker",
      ["-H", manager.dockerHost, "stack", "deploy", "--resolve-image", "never", "-c", "stack.yml", stack],
      folder,
    ),
    write: (version) => installation.write("compose/stack.yml", stackFile(version, peerPort, folder)),
    edges: [1, 2].map((number) => edgeOf(stage, number, peerPort)),
    remove: async () => {
      manager.docker("stack", "rm", stack);
      const left = ["ps", "--all", "--quiet", "--filter", `label=com.docker.stack.namespace=${stack}`];
      while (machines.some((machine) => machine.docker(...left))) await sleep(500);
      while (manager.docker("network", "ls", "--quiet", "--filter", `name=${stack}_`)) await sleep(500);
      for (const machine of machines) removeVolumes(machine.dockerHost, `${stack}_data`);
    },
  };
}

function dockerCompose(stage: BenchStage): Way {
  const { installation } = stage;
  const folder = join(installation.root, "compose");
  const compose = (...args: string[]) =>
    command(
      "docker-compose",
      ["-H", stage.machine(4).dockerHost, "-p", `${installation.project}-peer`, "-f", "peer.yml", ...args],
      folder,
    );
  return {
    ...{ name: names.compose, peer: names.compose, up: compose("up", "-d") },
    write: (version) => installation.write("compose/peer.yml", composeFile(version, peerPort, folder)),
    edges: [edgeOf(stage, 4, peerPort)],
    remove: () => measure(compose("down", "-v")),
  };
}

function command(program: string, args: readonly string[], cwd: string): Command {
  return { program, args, env: {}, cwd };
}

function edgeOf(stage: BenchStage, number: number, port: number): string {
  return `http://${stage.machine(number).address}:${port}/`;
}

function removeVolumes(dockerHost: string, name: string): void {
  execFileSync("docker", ["-H", dockerHost, "volume", "rm", "--force", name], { stdio: "pipe" });
}
