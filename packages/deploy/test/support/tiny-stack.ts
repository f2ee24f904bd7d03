import type { TestInstallation } from "./installation.ts";

const compose = `services:
  db:
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
  web:
    image: haproxy:3.0.11
    labels:
      understudy.endpoint: http://web:8000/
    command: [haproxy, -f, /usr/local/etc/haproxy]
    secrets:
      - source: config
        target: /usr/local/etc/haproxy/web.cfg
    ports: ["127.0.0.1:8000:8000"]
    networks: [internal, edge]
    stop_signal: SIGTERM
    depends_on:
      db:
        condition: service_healthy
    healthcheck:
      test: [CMD, bash, -c, "exec 3<>/dev/tcp/127.0.0.1/8000"]
      interval: 2s
networks:
  internal: { internal: true }
  edge: {}
volumes:
  data: {}
secrets:
  config:
    file: ./web.cfg
`;

const configuration = `defaults
  mode http
  timeout connect 1s
  timeout client 5s
  timeout server 5s
frontend web
  bind :8000
  http-request return status 200 content-type text/plain string "here"
`;

const template = `# generate: password(40)
PULUMI_CONFIG_PASSPHRASE=
# generate: password(32)
POSTGRES_PASSWORD=
`;

/** Put the smallest stack that has everything into an installation: a database with data, an edge, two networks. */
export function writeTinyStack(installation: TestInstallation): void {
  installation.write("compose/docker-compose.yml", compose);
  installation.write("compose/docker-compose.staging.yml", "services: {}\n");
  installation.write("compose/docker-compose.laptop.yml", "services:\n  db:\n    mem_limit: 256m\n    cpus: 0.5\n");
  installation.write("compose/web.cfg", configuration);
  installation.write("compose/env.template", template);
}

/** Change one thing in a file of the installation; it must be there. */
export function edit(installation: TestInstallation, file: string, from: string, to: string): void {
  const text = installation.read(file);
  if (!text.includes(from)) throw new Error(`${file} does not have: ${from}`);
  installation.write(
    file,
    text.replace(from, () => to),
  );
}
