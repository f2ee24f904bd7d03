import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { createInstallation, type TestInstallation } from "../../packages/deploy/test/support/installation.ts";
import { type SwarmHost, type SwarmHosts, startSwarmHosts } from "../../packages/deploy/test/support/swarm-hosts.ts";
import { built, edgeConfiguration, environment, ourStack } from "./stack.ts";

/** Environments of the installation: three machines as one swarm, and a fourth by itself. */
export const places = { swarm: "staging", oneHost: "staging-2" } as const;

/** Four machines, and an installation that knows both ways to use them. */
export class BenchStage implements AsyncDisposable {
  readonly machines: SwarmHosts;
  readonly installation: TestInstallation;

  private constructor(machines: SwarmHosts, installation: TestInstallation) {
    this.machines = machines;
    this.installation = installation;
  }

  static async open(): Promise<BenchStage> {
    const machines = await startSwarmHosts(4);
    const stage = new BenchStage(machines, createInstallation(""));
    try {
      machines.load(["understudy/toolbox:17", ...Object.values(built)]);
      stage.#write();
      stage.write("first");
      await stage.installation.json("swarm:form", "--environment", places.swarm, "--yes");
      return stage;
    } catch (error) {
      await stage[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Counted from 1; the first three are the swarm. */
  machine(number: number): SwarmHost {
    const host = this.machines.hosts[number - 1];
    if (!host) throw new Error(`no machine ${number}`);
    return host;
  }

  /** The stack's files, of this version. */
  write(version: string): void {
    this.installation.write("compose/docker-compose.yml", ourStack(version));
  }

  #write(): void {
    const { installation, machines } = this;
    const options = `sshOptions: ${JSON.stringify(machines.sshOptions)}`;
    const nodes = [1, 2, 3].map((number) => {
      const { url, address } = this.machine(number);
      const role = number === 1 ? "manager" : "worker";
      return `      - { host: "${url}", ${options}, role: ${role}, ingress: ${number < 3}, address: ${address} }\n`;
    });
    const common = "kind: staging, bind: 0.0.0.0, profile: server";
    installation.write(
      "understudy.yml",
      `project: ${installation.project}
environments:
  ${places.swarm}:
    ${common.replaceAll(", ", "\n    ")}
    engine: swarm
    compose: [compose/swarm.yml]
    nodes:
${nodes.join("")}  ${places.oneHost}: { ${common}, host: "${this.machine(4).url}", ${options} }
`,
    );
    for (const overlay of ["staging", "laptop"])
      installation.write(`compose/docker-compose.${overlay}.yml`, "services: {}\n");
    installation.write(
      "compose/swarm.yml",
      "services: { db: { deploy: { placement: { constraints: [node.hostname == node2] } } } }\n",
    );
    installation.write("compose/env.template", environment);
    installation.write("compose/web.cfg", edgeConfiguration);
    copyFileSync(join(import.meta.dirname, "service.mjs"), join(installation.root, "compose/service.mjs"));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.installation[Symbol.asyncDispose]();
    await this.machines[Symbol.asyncDispose]();
  }
}
