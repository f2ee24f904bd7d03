import { toolchain } from "@understudy/core";
import type { Context } from "./finding.ts";
import type { CommandResult, Probe } from "./probe.ts";

export interface FakeMachine {
  platform?: string;
  memoryGib?: number;
  freeGib?: number | undefined;
  now?: string;
  env?: NodeJS.ProcessEnv;
  files?: Record<string, string | undefined>;
  /** Answers by command line; a program is found when any line starts with it. A string is standard output. */
  commands?: Record<string, string | CommandResult>;
  /** Whether an environment of the settings is a swarm. */
  swarm?: boolean;
}

export const versions =
  "NODE_VERSION=24.21.0\nPNPM_VERSION=12.21.0\nPULUMI_VERSION=3.250.0\nDOCKER_PROVIDER_VERSION=5.2.0\n";
const chain = toolchain({ HOME: "/home/ann" }, versions);

/** What a machine answers on which everything is in place. */
export const healthy: Required<FakeMachine> = {
  platform: "linux",
  memoryGib: 15.5,
  freeGib: 40,
  now: "2026-11-21T10:00:00Z",
  env: { HOME: "/home/ann" },
  files: {
    "/etc/os-release": 'NAME="Debian"\nPRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\n',
    "/code/pnpm-lock.yaml": "lock",
    "/code/node_modules/.pnpm/lock.yaml": "lock",
    "/code/toolchain/pulumi/go.mod": "module understudy/toolchain\n\ngo 1.25.11\n",
  },
  swarm: false,
  commands: {
    "git -C /code log -1 --format=%ct": `${Date.parse("2026-11-20T10:00:00Z") / 1000}\n`,
    "node --version": "v24.21.0\n",
    "pnpm --version": "12.21.0\n",
    "docker version --format {{json .}}":
      '{"Client":{"Version":"28.2.2"},"Server":{"Version":"20.10.24+dfsg1","ApiVersion":"1.41"}}',
    "docker info --format {{json .}}": '{"DockerRootDir":"/var/lib/docker"}',
    [`${chain.pulumiBin} version`]: "v3.250.0\n",
    [`${chain.providerBin} -version`]: "5.2.0\n",
    "git --version": "git version 2.39.5\n",
    "ssh -V": { code: 0, stdout: "", stderr: "OpenSSH_9.2p1 Debian\n" },
    "mmdebstrap --version": "mmdebstrap 1.3.5\n",
  },
};

/** A machine that differs from the healthy one in what is given; an empty `commands` answer removes the program. */
export function fakeMachine(differences: FakeMachine = {}): Context {
  const facts = { ...healthy, ...differences };
  const files = { ...healthy.files, ...differences.files };
  const commands = { ...healthy.commands, ...differences.commands };
  const lines = Object.entries(commands).filter(([, answer]) => answer !== "");
  const probe: Probe = {
    env: facts.env,
    system: () => ({ platform: facts.platform, arch: "x64", release: "6.1.0" }),
    memoryBytes: () => facts.memoryGib * 2 ** 30,
    now: () => Date.parse(facts.now),
    freeBytes: async () => (facts.freeGib === undefined ? undefined : facts.freeGib * 2 ** 30),
    readText: async (path) => files[path],
    find: async (program) =>
      lines.some(([line]) => line.startsWith(`${program} `))
        ? program.startsWith("/")
          ? program
          : `/usr/bin/${program}`
        : undefined,
    run: async (program, args) => {
      const answer = commands[[program.replace(/^\/usr\/bin\//, ""), ...args].join(" ")];
      if (!answer) return undefined;
      return typeof answer === "string" ? { code: 0, stdout: answer, stderr: "" } : answer;
    },
  };
  return { probe, chain, root: "/code", swarm: facts.swarm };
}
