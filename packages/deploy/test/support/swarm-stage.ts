import { setTimeout as sleep } from "node:timers/promises";
import { createInstallation, type TestInstallation } from "./installation.ts";
import { type SwarmHost, type SwarmHosts, type SwarmHostsOptions, startSwarmHosts } from "./swarm-hosts.ts";

const compose = `services:
  db:
    image: pgvector/pgvector:0.8.0-pg17
    environment:
      POSTGRES_PASSWORD: \${POSTGRES_PASSWORD:?}
      PGDATA: /var/lib/postgresql/data/pgdata
    volumes: [data:/var/lib/postgresql/data]
    networks: [internal]
    stop_signal: SIGINT
    security_opt: [no-new-privileges:true]
    healthcheck:
      test: [CMD, pg_isready, -q, -h, 127.0.0.1, -U, postgres]
      interval: 2s
      start_period: 30s
    deploy:
      placement: { constraints: [node.hostname == node3] }
  app:
    image: haproxy:3.0.11
    labels: { understudy.replace: overlap }
    command: [haproxy, -f, /etc/app.cfg]
    environment: { ANSWER: "\${ANSWER:-here}" }
    configs:
      - source: app
        target: /etc/app.cfg
    networks: [internal]
    stop_signal: SIGTERM
    depends_on:
      db: { condition: service_healthy }
    healthcheck:
      test: [CMD, bash, -c, "exec 3<>/dev/tcp/127.0.0.1/8000"]
      interval: 2s
    deploy:
      replicas: 3
  web:
    image: haproxy:3.0.11
    labels:
      understudy.endpoint: http://web:8000/
    command: [haproxy, -f, /etc/web.cfg]
    configs:
      - source: web
        target: /etc/web.cfg
    ports: ["0.0.0.0:8000:8000", "127.0.0.1:5432:5432"]
    networks: [internal, edge]
    stop_signal: SIGTERM
    depends_on:
      app: { condition: service_healthy }
    healthcheck:
      test: [CMD, bash, -c, "exec 3<>/dev/tcp/127.0.0.1/8000"]
      interval: 2s
networks:
  internal: { internal: true }
  edge: {}
volumes:
  data: {}
configs:
  app: { file: ./app.cfg }
  web: { file: ./web.cfg }
`;

const app = `defaults
  mode http
  timeout connect 1s
  timeout client 5s
  timeout server 5s
frontend app
  bind :8000
  http-request return status 200 content-type text/plain lf-string "%[env(ANSWER)] %[hostname]"
`;

const web = `resolvers docker
  nameserver inner 127.0.0.11:53
  hold valid 1s
  hold obsolete 1s
  resolve_retries 3
defaults
  mode http
  retries 3
  retry-on conn-failure
  option redispatch
  timeout connect 1s
  timeout client 5s
  timeout server 5s
frontend web
  bind :8000
  default_backend app
backend app
  balance roundrobin
  default-server check inter 500ms fall 1 rise 1 resolvers docker init-addr none
  server-template app 5 app:8000
`;

const template = `# generate: password(40)
PULUMI_CONFIG_PASSPHRASE=
# generate: password(32)
POSTGRES_PASSWORD=
`;

/** What runs on the machines. */
export interface SwarmStack {
  /** That each machine is given beside the toolbox, as no registry is reached from there. */
  readonly images: readonly string[];
  /** More settings of the environment, each a line of YAML. */
  readonly settings?: readonly string[];
  /** Put its compose files into the installation. */
  write(installation: TestInstallation): void;
}

/** A database on the third machine, a service in three replicas, and an edge. */
const tiny: SwarmStack = {
  images: ["understudy/haproxy:3.0.11", "understudy/postgres:0.8.0-pg17"],
  write: (installation) => {
    installation.write("compose/docker-compose.yml", compose);
    installation.write("compose/docker-compose.staging.yml", "services: {}\n");
    installation.write("compose/docker-compose.laptop.yml", "services: {}\n");
    installation.write("compose/app.cfg", app);
    installation.write("compose/web.cfg", web);
    installation.write("compose/env.template", template);
  },
};

export interface SwarmStageOptions extends SwarmHostsOptions {
  /** One, or three. */
  readonly managers?: number;
  readonly stack?: SwarmStack;
}

/** Three machines, formed to a swarm by the product, and an installation whose staging is on them. */
export class SwarmStage implements AsyncDisposable {
  readonly swarm: SwarmHosts;
  readonly installation: TestInstallation;

  private constructor(swarm: SwarmHosts, installation: TestInstallation) {
    this.swarm = swarm;
    this.installation = installation;
  }

  /** Formed, and nothing deployed yet; requests come in at the first two, the data is on the third. */
  static async open({ managers = 1, stack = tiny, ...hosts }: SwarmStageOptions = {}): Promise<SwarmStage> {
    const swarm = await startSwarmHosts(3, hosts);
    const stage = new SwarmStage(swarm, createInstallation(""));
    try {
      swarm.load(["understudy/toolbox:17", ...stack.images]);
      stage.#write(managers, stack);
      await stage.installation.json("swarm:form", "--staging", "--yes");
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

  /** What a machine's edge answers. */
  async answer(number: number): Promise<string> {
    const answered = await fetch(`http://${this.machine(number).address}:8000/`, {
      signal: AbortSignal.timeout(5_000),
    });
    const said = await answered.text();
    if (!answered.ok) throw new Error(`HTTP ${answered.status}: ${said.slice(0, 100)}`);
    return said;
  }

  /** So many requests a second to a machine's edge, until stopped. */
  requests(rate: number, number = 1) {
    const failed: string[] = [];
    const open = new Set<Promise<void>>();
    let sent = 0;
    const timer = setInterval(() => {
      sent++;
      const one = this.answer(number).then(
        () => {},
        (error: Error) => void failed.push(`${sent}: ${error.message}`),
      );
      open.add(one);
      void one.finally(() => open.delete(one));
    }, 1_000 / rate);
    return {
      stop: async () => {
        clearInterval(timer);
        await Promise.all(open);
        return { sent, failed };
      },
    };
  }

  /** What a statement answers in the database, asked on the machine where it runs. */
  sql(statement: string): string {
    const [place] = this.databases();
    if (!place) throw new Error("no machine runs the database");
    return place.host.docker("exec", place.container, "psql", "-U", "postgres", "-tAc", statement);
  }

  /** Every container of the database that runs, on every machine that is on. More than one is two truths. */
  databases(): { readonly host: SwarmHost; readonly container: string }[] {
    return this.#onEach(
      "ps",
      "--quiet",
      "--filter",
      `label=understudy.stack=${this.installation.project}-staging`,
      "--filter",
      "ancestor=understudy/postgres:0.8.0-pg17",
    ).map(([host, container]) => ({
      host,
      container,
    }));
  }

  /** Names of the machines that have the database's volume. */
  volumes(): string[] {
    const name = `${this.installation.project}-staging_data`;
    return this.#onEach("volume", "ls", "--quiet", "--filter", `name=^${name}$`).map(([{ name }]) => name);
  }

  /** Lines of what `docker` prints on each machine that is on. */
  #onEach(...command: readonly string[]): [host: SwarmHost, line: string][] {
    return this.swarm.hosts.flatMap((host) => {
      if (!host.isOn()) return [];
      const lines = host
        .docker(...command)
        .split("\n")
        .filter(Boolean);
      return lines.map((line): [SwarmHost, string] => [host, line]);
    });
  }

  /** @param patience ms */
  async until(isSo: () => Promise<boolean>, patience: number): Promise<void> {
    for (const deadline = Date.now() + patience; !(await isSo()); await sleep(500)) {
      if (Date.now() > deadline) throw new Error(`not so within ${patience / 1_000} s`);
    }
  }

  #write(managers: number, { settings = [], write }: SwarmStack): void {
    const { installation, swarm } = this;
    const nodes = swarm.hosts.map(({ url, address }, at) => {
      const role = at < managers ? "manager" : "worker";
      const options = JSON.stringify(swarm.sshOptions);
      return `  - { host: "${url}", sshOptions: ${options}, role: ${role}, ingress: ${at < 2}, address: ${address} }`;
    });
    const environment = ["kind: staging", "engine: swarm", "bind: 0.0.0.0", "profile: server", ...settings];
    const lines = [...environment, "nodes:", ...nodes].map((line) => `    ${line}\n`).join("");
    installation.write("understudy.yml", `project: ${installation.project}\nenvironments:\n  staging:\n${lines}`);
    write(installation);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.installation[Symbol.asyncDispose]();
    await this.swarm[Symbol.asyncDispose]();
  }
}
