import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { buildSecrets } from "../src/build-environment.ts";
import { buildImages, builtName, planBuilds, type Recipe, recipes } from "../src/index.ts";
import { Containers, docker, type StartOptions } from "./containers.ts";

// Each built image keeps the contract of the official one that compose/ names: environment, port, state path, user, health, stop.

const password = `it's $ecret "p\\w"`;
const files = mkdtempSync(join(tmpdir(), "understudy-contract-"));
const services = ["postgres", "haproxy", "neo4j", "n8n", "letta", "open-webui", "valkey"] as const;
type Service = (typeof services)[number];

let stack: Containers;
let known: Recipe[];

beforeAll(async () => {
  known = await recipes();
  await buildImages(await planBuilds(known));
  stack = await Containers.create();
  writeConfiguration();
  await start("postgres");
  await stack.healthy("postgres");
  await Promise.all(services.slice(1).map(start));
  await Promise.all(services.slice(1).map((service) => stack.healthy(service)));
}, 2_400_000);

afterAll(async () => {
  rmSync(files, { recursive: true });
  await stack[Symbol.asyncDispose]();
});

describe.each(services)("%s", (service) => {
  test("runs as the user of the official image, never as root", async () => {
    const status = await stack.execAsRoot(
      service,
      "for p in /proc/[0-9]*; do echo \"$(cat $p/comm) $(awk '/^Uid/{print $2}' $p/status)\"; done",
    );
    // Not counted: what looks, and what the engine is just starting.
    const users = status
      .split("\n")
      .filter((line) => !/^(sh|awk|cat|runc\S*) 0$/.test(line.trim()) && line.trim() !== "0");
    const expected = {
      postgres: 999,
      haproxy: 99,
      neo4j: 7474,
      n8n: 1000,
      letta: 1000,
      "open-webui": 1000,
      valkey: 999,
    }[service];
    expect(users.length).toBeGreaterThan(0);
    expect(users.filter((line) => !line.endsWith(` ${expected}`))).toEqual([]);
  });

  test("answers the health command that compose/ gives to the official image too", async () => {
    await stack.exec(service, ...healthCommands[service]);
  });

  test("carries its version and recipe, and nothing of the machine that built it", async () => {
    await carriesNothingOfItsBuild(service);
  });
});

test("the toolbox carries nothing of the machine that built it either", async () => {
  await stack.start("toolbox", await builtName("toolbox"), { args: ["--interactive"], command: ["sleep", "600"] });
  await carriesNothingOfItsBuild("toolbox");
});

describe("postgres", () => {
  const sql = (query: string, database = "app", user = "admin") =>
    stack.exec("postgres", "psql", "-h", "127.0.0.1", "-U", user, "-d", database, "-Atc", query);

  test("takes user, password and database from the environment and runs the scripts of initdb.d in order", async () => {
    expect(await sql("select current_user, current_database()")).toBe("admin|app");
    expect(await sql("select string_agg(step, ',' order by at) from first_start")).toBe("sh,sql");
    expect(await sql("select extversion from pg_extension where extname = 'vector'", "letta")).toBe("0.8.0");
    expect(await sql("select '[1,2]'::vector <-> '[1,3]'", "letta")).toBe("1");
  });

  test("sorts as the official image does", async () => {
    expect(await sql("select datcollate from pg_database where datname = 'app'")).toBe("en_US.utf8");
  });

  test("asks other hosts for the password", async () => {
    const ask = (secret: string) =>
      docker(
        "run",
        "--rm",
        "--label=understudy.test=1",
        `--network=${stack.run}`,
        `--env=PGPASSWORD=${secret}`,
        known.find(({ name }) => name === "toolbox")?.tag ?? "",
        "psql",
        "-h",
        "postgres",
        "-U",
        "admin",
        "-d",
        "app",
        "-Atc",
        "select 1",
      );
    expect(await ask(password)).toBe("1");
    await expect(ask("wrong")).rejects.toThrow(/password authentication failed/);
  });

  test("without a password it says so and ends", async () => {
    await expect(docker("run", "--rm", "--label=understudy.test=1", await builtName("postgres"))).rejects.toThrow(
      /POSTGRES_PASSWORD is empty/,
    );
  });

  test("a first start that was killed begins again and ends whole", async () => {
    const options = { env: { POSTGRES_PASSWORD: password }, volumes: { torn: "/var/lib/postgresql/data" } };
    const slow = join(files, "slow.sql");
    writeFileSync(slow, "create table torn(); select pg_sleep(60);");
    await stack.start("torn", await builtName("postgres"), {
      ...options,
      args: [`--volume=${slow}:/docker-entrypoint-initdb.d/slow.sql:ro`],
    });
    await expect.poll(() => stack.logs("torn"), { timeout: 30_000 }).toContain("slow.sql");
    await docker("kill", stack.nameOf("torn"));
    await stack.start("torn", await builtName("postgres"), options);
    await stack.healthy("torn", 30);
    expect(
      await stack.exec(
        "torn",
        "psql",
        "-U",
        "postgres",
        "-Atc",
        "select count(*) from pg_class where relname = 'torn'",
      ),
    ).toBe("0");
  });
});

describe("toolbox", () => {
  test("has the server's own clients, and tools for backups", async () => {
    const versions = await stack.exec(
      "toolbox",
      "sh",
      "-c",
      "pg_dump --version; pg_restore --version; psql --version; restic version; zstd --version; socat -V; curl --version; tar --version; id -u",
    );
    expect(versions).toMatch(/pg_dump \(PostgreSQL\) 17\./);
    expect(versions).toMatch(/restic 0\.18\./);
    expect(versions).toMatch(/\n1000$/);
  });

  test("dumps a database over the network", async () => {
    const dump = await stack.exec(
      "toolbox",
      "env",
      `PGPASSWORD=${password}`,
      "pg_dump",
      "-h",
      "postgres",
      "-U",
      "admin",
      "-d",
      "app",
      "--table=first_start",
    );
    expect(dump).toContain("CREATE TABLE public.first_start");
  });

  test("ends with its owner's input", async () => {
    await docker("run", "--rm", "--interactive", "--label=understudy.test=1", await builtName("toolbox"));
  });
});

describe("haproxy", () => {
  test("serves what the configuration folder says", async () => {
    const response = await fetch(await stack.url("haproxy", 8000));
    expect(await response.text()).toBe("from the configuration folder");
  });
});

describe("valkey", () => {
  const say = (...words: string[]) => stack.exec("valkey", "valkey-cli", "-e", ...words);

  test("options alone start the server, which takes the password and answers other containers", async () => {
    expect(await say("SET", "kept", "42")).toBe("OK");
    expect(await say("--no-auth-warning", "-h", "valkey", "GET", "kept")).toBe("42");
    await expect(stack.exec("valkey", "env", "-u", "REDISCLI_AUTH", "valkey-cli", "-e", "GET", "kept")).rejects.toThrow(
      /NOAUTH/,
    );
  });

  test("keeps what it was told in /data", async () => {
    expect(await stack.exec("valkey", "ls", "/data")).toContain("appendonlydir");
  });
});

describe("n8n", () => {
  test("uses the database and the encryption key of its environment", async () => {
    expect(
      await stack.exec("postgres", "psql", "-U", "admin", "-d", "n8n", "-Atc", "select count(*) > 0 from migrations"),
    ).toBe("t");
    expect(await stack.exec("n8n", "cat", "/home/node/.n8n/config")).toContain("contract-key");
  });

  test("its commands run in the container", async () => {
    expect(await stack.exec("n8n", "n8n", "--version")).toContain("2.41.1");
  });
});

describe("letta", () => {
  test("answers its API with the version of the recipe, from the database it was given", async () => {
    const health = await (await fetch(`${await stack.url("letta", 8283)}/v1/health/`)).json();
    expect(health).toMatchObject({ status: "ok", version: "0.16.7" });
    expect(
      await stack.exec(
        "postgres",
        "psql",
        "-U",
        "admin",
        "-d",
        "letta",
        "-Atc",
        "select count(*) > 0 from alembic_version",
      ),
    ).toBe("t");
  });
});

describe("open-webui", () => {
  test("lets the administrator of its environment in, and serves its page", async () => {
    const base = await stack.url("open-webui", 8080);
    expect((await signIn(base)).status).toBe(200);
    expect(await (await fetch(base)).text()).toContain("Open WebUI");
  });

  test("keeps documents' vectors in Postgres", async () => {
    const script = [
      "from open_webui.retrieval.vector.factory import VECTOR_DB_CLIENT as client",
      "client.insert('docs', [{'id': 'a', 'text': 'hello', 'vector': [0.1] * 1536, 'metadata': {'name': 'x'}}])",
      "print('found', client.search('docs', [[0.1] * 1536], limit=1).documents)",
    ].join("\n");
    expect(await stack.exec("open-webui", "python", "-c", script)).toContain("found [['hello']]");
    expect(
      await stack.exec("postgres", "psql", "-U", "admin", "-d", "webui", "-Atc", "select count(*) from document_chunk"),
    ).toBe("1");
  });
});

describe("neo4j", () => {
  test("takes password and settings from the environment", async () => {
    expect(
      await cypher("show settings yield name, value where name = 'server.memory.heap.max_size' return value"),
    ).toContain("320.00MiB");
    await expect(cypher("return 1", "wrong-password")).rejects.toThrow(/unauthorized/i);
  });

  test("has the administration tool", async () => {
    expect(await stack.exec("neo4j", "neo4j-admin", "--version")).toContain("5.26.0");
  });
});

// Last, because it stops everything: state survives a new container, and every service ends by itself when told to stop.
describe("replaced by a new container", () => {
  test("state stays, and each stops by itself when it is told to", async () => {
    await stack.exec("postgres", "psql", "-U", "admin", "-d", "app", "-c", "create table kept as select 42 as answer");
    await cypher("create (:Kept {answer: 42})");
    await stack.exec("open-webui", "sh", "-c", "echo 42 > /app/backend/data/kept");
    await stack.exec("n8n", "sh", "-c", "echo 42 > /home/node/.n8n/kept");

    const exits: [Service, number][] = [];
    const stop = async (service: Service) => void exits.push([service, await stack.stop(service)]);
    await Promise.all(services.slice(1).map(stop));
    await stop("postgres");
    expect(exits.filter(([, code]) => code === 137)).toEqual([]);

    await start("postgres");
    await stack.healthy("postgres");
    const stateful = ["neo4j", "n8n", "open-webui"] as const;
    await Promise.all(stateful.map(start));
    await Promise.all(stateful.map((service) => stack.healthy(service)));
    expect(await stack.exec("postgres", "psql", "-U", "admin", "-d", "app", "-Atc", "table kept")).toBe("42");
    expect(await cypher("match (k:Kept) return k.answer")).toContain("42");
    expect(await stack.exec("open-webui", "cat", "/app/backend/data/kept")).toBe("42");
    expect(await stack.exec("n8n", "cat", "/home/node/.n8n/kept")).toBe("42");
    expect((await signIn(await stack.url("open-webui", 8080))).status).toBe(200);
  });
});

const healthCommands: Record<Service, string[]> = {
  valkey: ["valkey-cli", "-e", "ping"],
  postgres: ["sh", "-c", 'pg_isready -q -h 127.0.0.1 -U "$POSTGRES_USER" -d "$POSTGRES_DB"'],
  n8n: ["wget", "-q", "-O", "/dev/null", "http://127.0.0.1:5678/healthz/readiness"],
  letta: ["curl", "-fsS", "-o", "/dev/null", "http://127.0.0.1:8283/v1/health/"],
  "open-webui": ["curl", "-fsS", "-o", "/dev/null", "http://127.0.0.1:8080/health"],
  neo4j: ["wget", "-q", "-O", "/dev/null", "http://127.0.0.1:7474/"],
  haproxy: [
    "bash",
    "-c",
    `exec 3<>/dev/tcp/127.0.0.1/8404 && printf 'GET /healthz HTTP/1.0\\r\\n\\r\\n' >&3 && read -r _ code _ <&3 && [ "$code" = 200 ]`,
  ],
};

async function start(service: Service): Promise<void> {
  await stack.start(service, await builtName(service), optionsOf(service));
}

function optionsOf(service: Service): StartOptions {
  const databaseUrl = (name: string) => `postgresql://${name}:pw-${name}@postgres:5432/${name}`;
  const options: Record<Service, StartOptions> = {
    valkey: {
      env: { REDISCLI_AUTH: "pw-valkey" },
      volumes: { valkey: "/data" },
      command: ["--requirepass", "pw-valkey", "--appendonly", "yes"],
    },
    postgres: {
      env: { POSTGRES_USER: "admin", POSTGRES_PASSWORD: password, POSTGRES_DB: "app" },
      volumes: { postgres: "/var/lib/postgresql/data" },
      args: [`--volume=${join(files, "initdb")}:/docker-entrypoint-initdb.d:ro`],
    },
    haproxy: {
      ports: [8000],
      args: [`--volume=${join(files, "haproxy")}:/usr/local/etc/haproxy:ro`],
      command: ["haproxy", "-f", "/usr/local/etc/haproxy"],
    },
    neo4j: {
      env: {
        NEO4J_AUTH: `neo4j/${password}`,
        NEO4J_server_memory_heap_max__size: "320m",
        NEO4J_server_memory_pagecache_size: "32m",
      },
      volumes: { neo4j: "/data" },
      ports: [7474],
    },
    n8n: {
      env: {
        DB_TYPE: "postgresdb",
        DB_POSTGRESDB_HOST: "postgres",
        DB_POSTGRESDB_DATABASE: "n8n",
        DB_POSTGRESDB_USER: "n8n",
        DB_POSTGRESDB_PASSWORD: "pw-n8n",
        N8N_ENCRYPTION_KEY: "contract-key",
        N8N_DIAGNOSTICS_ENABLED: "false",
      },
      volumes: { n8n: "/home/node/.n8n" },
      ports: [5678],
    },
    letta: { env: { LETTA_PG_URI: databaseUrl("letta") }, ports: [8283] },
    "open-webui": {
      env: {
        DATABASE_URL: databaseUrl("webui"),
        VECTOR_DB: "pgvector",
        WEBUI_SECRET_KEY: "contract",
        WEBUI_ADMIN_EMAIL: "admin@example.com",
        WEBUI_ADMIN_PASSWORD: password,
        OFFLINE_MODE: "true",
        ENABLE_OLLAMA_API: "false",
      },
      volumes: { webui: "/app/backend/data" },
      ports: [8080],
    },
  };
  return options[service];
}

function writeConfiguration(): void {
  write("initdb/10-databases.sh", [
    "set -e",
    'psql -v ON_ERROR_STOP=1 -U "$POSTGRES_USER" -d "$POSTGRES_DB" -c "create table first_start(step text, at serial)" -c "insert into first_start values (\'sh\')"',
    "for name in n8n letta webui; do",
    '  psql -v ON_ERROR_STOP=1 -U "$POSTGRES_USER" -d postgres -c "create role $name login password \'pw-$name\'" -c "create database $name owner $name"',
    '  psql -v ON_ERROR_STOP=1 -U "$POSTGRES_USER" -d "$name" -c "create extension vector"',
    "done",
  ]);
  write("initdb/20-step.sql", ["insert into first_start values ('sql');"]);
  write("haproxy/haproxy.cfg", [
    "global",
    "  log stdout format raw local0",
    "defaults",
    "  mode http",
    "  timeout connect 2s",
    "  timeout client 5s",
    "  timeout server 5s",
    "frontend health",
    "  bind 127.0.0.1:8404",
    "  monitor-uri /healthz",
    "frontend web",
    "  bind :8000",
    '  http-request return status 200 content-type text/plain string "from the configuration folder"',
  ]);
}

function write(path: string, lines: readonly string[]): void {
  const file = join(files, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${lines.join("\n")}\n`);
}

async function carriesNothingOfItsBuild(service: string): Promise<void> {
  const recipe = known.find(({ name }) => name === service);
  const [image] = JSON.parse(await docker("image", "inspect", recipe?.tag ?? "")) as [
    { Config: { Env: string[]; Labels: Record<string, string> } },
  ];
  expect(image.Config.Labels).toMatchObject({
    "org.opencontainers.image.version": recipe?.version,
    "understudy.recipe": recipe?.hash,
  });
  expect(
    image.Config.Env.filter((line) =>
      /^(\w*_PROXY|\w*REGISTRY|PIP_\w+|UV_\w+|SSL_CERT_\w+|NODE_EXTRA\w+|REQUESTS_\w+|CURL_CA\w+)=/i.test(line),
    ),
  ).toEqual([]);
  expect(await docker("history", "--no-trunc", "--format={{.CreatedBy}}", recipe?.tag ?? "")).not.toMatch(
    /BEGIN CERTIFICATE|:latest/,
  );
  expect(
    await stack.execAsRoot(
      service,
      "ls -A /run/secrets 2>/dev/null; ls -A /var/lib/apt/lists /var/cache/apt 2>/dev/null | grep -E 'Packages|[.]deb$' || true",
    ),
  ).toBe("");
  expect(await stack.execAsRoot(service, "wc -l < /usr/share/understudy/packages.txt")).toMatch(/^\d{2,}$/);
  expect(await foreignCertificates(service)).toEqual([]);
}

/** Certificates of this machine's bundle that Debian's own does not have, wherever configuration or home folders hold them. */
async function foreignCertificates(service: string): Promise<string[]> {
  const bundle = buildSecrets().certificates;
  if (!bundle) return [];
  const own = new Set((await stack.execAsRoot(service, "cat /etc/ssl/certs/ca-certificates.crt")).split("\n"));
  const lastLines = [
    ...readFileSync(bundle, "utf8").matchAll(/\n([^\n]{40,})\n[^\n]*\n?-----END CERTIFICATE-----/g),
  ].map(([, line]) => line ?? "");
  const foreign = lastLines.filter((line) => !own.has(line));
  if (foreign.length === 0) return [];
  const patterns = foreign.map((line) => `-e '${line}'`).join(" ");
  const found = await stack.execAsRoot(
    service,
    `grep -rlF ${patterns} /etc /run /tmp /var /root /home /usr/local/share /usr/share/ca-certificates 2>/dev/null || true`,
  );
  return found === "" ? [] : found.split("\n");
}

async function cypher(query: string, secret = password): Promise<string> {
  return await stack.exec("neo4j", "cypher-shell", "-u", "neo4j", "-p", secret, "--format", "plain", query);
}

async function signIn(base: string): Promise<Response> {
  return await fetch(`${base}/api/v1/auths/signin`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ email: "admin@example.com", password }),
  });
}
