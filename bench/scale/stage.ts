import { join } from "node:path";
import { createInstallation, type TestInstallation } from "../../packages/deploy/test/support/installation.ts";
import type { Command } from "../deploy/measure.ts";

const root = join(import.meta.dirname, "../..");
const offset = 24_000;
const verbs = {
  deploy: "deploy/src/cli/deploy-staging.ts",
  status: "deploy/src/cli/status.ts",
  health: "health/src/cli/health-check.ts",
} as const;

export type Verb = keyof typeof verbs;

/** An installation of so many environments on this host, each of so many small services behind an edge. */
export class ScaleStage implements AsyncDisposable {
  readonly installation: TestInstallation;
  readonly environments: readonly string[];

  constructor({ services, environments }: { readonly services: number; readonly environments: number }) {
    this.environments = Array.from({ length: environments }, (_, number) =>
      number ? `staging-${number + 1}` : "staging",
    );
    const settings = this.environments.map(
      (name, number) => `  ${name}: { kind: staging, profile: server, portOffset: ${offset + number * 10} }\n`,
    );
    this.installation = createInstallation(`environments:\n${settings.join("")}`);
    this.installation.write("compose/docker-compose.yml", stackOf(services));
    for (const overlay of ["staging", "laptop"])
      this.installation.write(`compose/docker-compose.${overlay}.yml`, "services: {}\n");
    this.installation.write("compose/answer.cfg", answer);
    // A machine that is measured is busy.
    this.installation.write("checks/busy.yml", "- { name: host load, disabled: true }\n");
    this.installation.write("compose/env.template", "# generate: password(40)\nPULUMI_CONFIG_PASSPHRASE=\n");
  }

  /** As a person starts it, by its process. */
  command(verb: Verb, environment: string): Command {
    const program = ["--import", "./packages/core/src/cli/quick-start.mjs", `packages/${verbs[verb]}`];
    return {
      ...{ program: process.execPath, args: [...program, "--environment", environment], cwd: root },
      env: { UNDERSTUDY_ROOT: this.installation.root, NO_COLOR: "1" },
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.installation[Symbol.asyncDispose]();
  }
}

/** One edge, which publishes a port, and services that wait for nobody. */
function stackOf(services: number): string {
  const image = `image: haproxy:3.0.11
    command: [haproxy, -f, /etc/answer.cfg]
    configs: [{ source: answer, target: /etc/answer.cfg }]
    stop_signal: SIGTERM
    healthcheck: { test: [CMD, bash, -c, "exec 3<>/dev/tcp/127.0.0.1/8000"], interval: 15s, start_period: 20s, start_interval: 1s }`;
  const others = Array.from(
    { length: services - 1 },
    (_, number) => `  service-${number + 1}:\n    ${image}\n    networks: [internal]\n`,
  );
  return `services:
  edge:
    ${image}
    labels: { understudy.endpoint: "http://edge:8000/" }
    ports: ["127.0.0.1:8000:8000"]
    networks: [internal, outside]
${others.join("")}networks: { internal: { internal: true }, outside: {} }
configs:
  answer: { file: ./answer.cfg }
`;
}

const answer = `defaults
  mode http
  timeout connect 1s
  timeout client 5s
  timeout server 5s
frontend web
  bind :8000
  http-request return status 200 content-type text/plain string "here"
`;
