import type { MoveReport } from "../../src/move/report.ts";
import { createInstallation, type TestInstallation } from "./installation.ts";
import { type SwarmHost, type SwarmHosts, startSwarmHosts } from "./swarm-hosts.ts";

const compose = `services:
  postgres:
    image: pgvector/pgvector:0.8.0-pg17
    environment:
      POSTGRES_PASSWORD: \${POSTGRES_PASSWORD:?}
      PGDATA: /var/lib/postgresql/data/pgdata
    volumes: [data:/var/lib/postgresql/data]
    networks: [internal]
    stop_signal: SIGINT
    healthcheck:
      test: [CMD, pg_isready, -q, -h, 127.0.0.1, -U, postgres]
      interval: 2s
      start_period: 30s
  haproxy:
    image: haproxy:3.0.11
    labels:
      understudy.endpoint: http://haproxy:8000/
    environment: { ANSWER: "\${ANSWER:-here}" }
    command: [haproxy, -f, /etc/web.cfg]
    configs:
      - source: web
        target: /etc/web.cfg
    ports: ["\${BIND_ADDRESS}:8000:8000", "127.0.0.1:5432:5432"]
    networks: [internal, edge]
    stop_signal: SIGTERM
    depends_on:
      postgres: { condition: service_healthy }
    healthcheck:
      test: [CMD, bash, -c, "exec 3<>/dev/tcp/127.0.0.1/8000"]
      interval: 2s
networks:
  internal: { internal: true }
  edge: {}
volumes:
  data: {}
configs:
  web: { file: ./web.cfg }
`;

const web = `defaults
  mode http
  timeout connect 1s
  timeout client 5s
  timeout server 5s
frontend web
  bind :8000
  http-request return status 200 content-type text/plain lf-string "%[env(ANSWER)] %[hostname]"
`;

const template = `# generate: password(40)
PULUMI_CONFIG_PASSPHRASE=
# generate: password(32)
POSTGRES_PASSWORD=
`;

const images = ["understudy/toolbox:17", "understudy/haproxy:3.0.11", "understudy/postgres:0.8.0-pg17"];

/** Machines of which the first two are a swarm, and an installation whose staging is on one of them, or on the third. */
export class MoveStage implements AsyncDisposable {
  readonly swarm: SwarmHosts;
  readonly installation: TestInstallation;

  private constructor(swarm: SwarmHosts, installation: TestInstallation) {
    this.swarm = swarm;
    this.installation = installation;
  }

  static async open(): Promise<MoveStage> {
    const swarm = await startSwarmHosts(3);
    const stage = new MoveStage(swarm, createInstallation(""));
    try {
      swarm.load(images);
      const { installation } = stage;
      installation.write("compose/docker-compose.yml", compose);
      installation.write("compose/docker-compose.staging.yml", "services: {}\n");
      installation.write("compose/docker-compose.laptop.yml", "services: {}\n");
      installation.write("compose/web.cfg", web);
      installation.write("compose/env.template", template);
      stage.onSwarm();
      await installation.json("swarm:form", "--staging", "--yes");
      return stage;
    } catch (error) {
      await stage[Symbol.asyncDispose]();
      throw error;
    }
  }

  machine(number: number): SwarmHost {
    const host = this.swarm.hosts[number - 1];
    if (!host) throw new Error(`no machine ${number}`);
    return host;
  }

  /** Let understudy.yml say that staging is on one machine. */
  onHost(number: number): void {
    this.#settings(`    host: "${this.machine(number).url}"\n    sshOptions: ${this.#sshOptions}\n    bind: 0.0.0.0\n`);
  }

  /** Let understudy.yml say that staging is on the swarm of the first two. */
  onSwarm(): void {
    const nodes = [1, 2].map((number) => {
      const { url, address } = this.machine(number);
      const role = number === 1 ? "manager" : "worker";
      return `      - { host: "${url}", sshOptions: ${this.#sshOptions}, role: ${role}, ingress: true, address: ${address} }\n`;
    });
    this.#settings(`    engine: swarm\n    bind: 0.0.0.0\n    nodes:\n${nodes.join("")}`);
  }

  /** Deploy staging to one machine, with 5,000 rows to keep. */
  async begin(number: number): Promise<void> {
    this.onHost(number);
    await this.deploy();
    this.sql(number, "CREATE DATABASE app");
    this.sql(number, "CREATE TABLE kept AS SELECT generate_series(1, 5000) AS id");
  }

  async deploy(): Promise<{ readonly changes: Record<string, number> }> {
    return await this.installation.json("deploy:staging");
  }

  async move(...flags: readonly string[]): Promise<MoveReport> {
    return await this.installation.json("engine:move", "--staging", ...flags);
  }

  /** How many of the rows to keep are there, where Postgres is on this machine. */
  rows(number: number): number {
    return Number(this.sql(number, "SELECT count(*) FROM kept"));
  }

  /** What a machine's edge answers. */
  async answer(number: number): Promise<string> {
    const answered = await fetch(`http://${this.machine(number).address}:8000/`, {
      signal: AbortSignal.timeout(5_000),
    });
    return await answered.text();
  }

  /** SQL in staging's Postgres, wherever on a machine its container is. */
  sql(number: number, statement: string): string {
    const machine = this.machine(number);
    const name = machine.docker("ps", "--format", "{{.Names}}", "--filter", "label=understudy.service=postgres");
    return machine.docker("exec", name, "psql", "-U", "postgres", "-tAqc", statement);
  }

  get #sshOptions(): string {
    return JSON.stringify(this.swarm.sshOptions);
  }

  #settings(place: string): void {
    const { installation } = this;
    const backup = `backup: { repository: "${installation.root}/repository" }\n`;
    const staging = `environments:\n  staging:\n    kind: staging\n    profile: server\n    healthTimeoutSeconds: 90\n${place}`;
    installation.write("understudy.yml", `project: ${installation.project}\n${backup}${staging}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.installation[Symbol.asyncDispose]();
    await this.swarm[Symbol.asyncDispose]();
  }
}
