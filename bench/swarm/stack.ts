/** One small stack, as each tool takes it: a database, a service that keeps nothing, and an edge before it. */

export const images = {
  postgres: "pgvector/pgvector:0.8.0-pg17",
  node: "node:24.19.0-trixie-slim",
  haproxy: "haproxy:3.0.11",
} as const;

/** Names under which this machine has built them. */
export const built = {
  postgres: "understudy/postgres:0.8.0-pg17",
  node: "understudy/node:24.19.0-trixie-slim",
  haproxy: "understudy/haproxy:3.0.11",
} as const;

type Images = Readonly<Record<keyof typeof images, string>>;

const database = (password: string, { postgres }: Images) => `  db:
    image: ${postgres}
    environment: { POSTGRES_PASSWORD: "${password}", PGDATA: /var/lib/postgresql/data/pgdata }
    volumes: [data:/var/lib/postgresql/data]
    networks: [internal]
    stop_signal: SIGINT
    healthcheck: { test: [CMD, pg_isready, -q, -h, 127.0.0.1, -U, postgres], interval: 2s, start_period: 30s }
`;
const listens = (port: number) =>
  `    healthcheck: { test: [CMD, bash, -c, "exec 3<>/dev/tcp/127.0.0.1/${port}"], interval: 2s, start_period: 10s }\n`;
const service = (version: string, { node }: Images) => `  app:
    image: ${node}
    command: [node, /service.mjs]
    environment: { VERSION: "${version}" }
    networks: [internal]
${listens(8080)}`;
const edge = ({ haproxy }: Images) => `  web:
    image: ${haproxy}
    command: [haproxy, -f, /etc/web.cfg]
    networks: [internal, outside]
    stop_signal: SIGTERM
${listens(8000)}`;
const configs = (folder: string) =>
  `configs:\n  service: { file: ${folder}/service.mjs }\n  web: { file: ${folder}/web.cfg }\n`;
const mounted = (source: string, target: string) => `    configs: [{ source: ${source}, target: ${target} }]\n`;

/** For ours, wherever it runs. */
export function ourStack(version: string): string {
  const password = "${POSTGRES_PASSWORD:?}";
  return `services:
${database(password, images)}${service(version, images)}${mounted("service", "/service.mjs")}    labels: { understudy.replace: overlap }
    depends_on: { db: { condition: service_healthy } }
    deploy: { replicas: 3 }
${edge(images)}${mounted("web", "/etc/web.cfg")}    labels: { understudy.endpoint: "http://web:8000/" }
    ports: ["0.0.0.0:8000:8000"]
    depends_on: { app: { condition: service_healthy } }
networks: { internal: { internal: true }, outside: {} }
volumes: { data: {} }
${configs(".")}`;
}

/** What ours makes of it on a swarm, for `docker stack deploy`: the edge on each machine of the ingress, names that lead to every replica. */
export function stackFile(version: string, port: number, folder: string): string {
  return `version: "3.8"
services:
${database("of-a-bench", built)}    deploy: { endpoint_mode: dnsrr, placement: { constraints: [node.hostname == node2] } }
${service(version, built)}${mounted("service", "/service.mjs")}    deploy: { replicas: 3, endpoint_mode: dnsrr, update_config: { order: start-first } }
${edge(built)}${mounted("web", "/etc/web.cfg")}    ports: [{ target: 8000, published: ${port}, mode: host }]
    deploy: { mode: global, endpoint_mode: dnsrr, placement: { constraints: [node.labels.understudy.ingress == true] } }
networks: { internal: { internal: true }, outside: {} }
volumes: { data: {} }
${configs(folder)}`;
}

/** For Docker Compose, which mounts files where a swarm has configs. */
export function composeFile(version: string, port: number, folder: string): string {
  const file = (name: string, target: string) => `    volumes: ["${folder}/${name}:${target}:ro"]\n`;
  return `version: "2.4"
services:
${database("of-a-bench", built)}${service(version, built)}${file("service.mjs", "/service.mjs")}    depends_on: { db: { condition: service_healthy } }
    scale: 3
${edge(built)}${file("web.cfg", "/etc/web.cfg")}    ports: ["0.0.0.0:${port}:8000"]
    depends_on: { app: { condition: service_healthy } }
networks: { internal: { internal: true }, outside: {} }
volumes: { data: {} }
`;
}

export const environment = `# generate: password(40)
PULUMI_CONFIG_PASSPHRASE=
# generate: password(32)
POSTGRES_PASSWORD=
`;

/** The edge finds every replica by the service's name, and asks none that does not answer. */
export const edgeConfiguration = `resolvers docker
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
  timeout client 10s
  timeout server 10s
frontend web
  bind :8000
  default_backend app
backend app
  balance leastconn
  default-server check inter 500ms fall 2 rise 1 resolvers docker init-addr none
  server-template app 5 app:8080
`;
