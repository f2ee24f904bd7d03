import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { type Engine, exec } from "@understudy/core";
import type { TestInstallation } from "../../../deploy/test/support/installation.ts";

/** Something that can go wrong with one service of a deployed staging. */
export interface Fault {
  readonly name: string;
  readonly service: Service;
  /** What the alert must say that it saw. */
  readonly cause: RegExp;
  inject(stage: Stage): Promise<void>;
  heal(stage: Stage): Promise<void>;
}

export type Service = "postgres" | "n8n" | "letta" | "open-webui" | "neo4j";

export interface Stage {
  readonly engine: Engine;
  readonly installation: TestInstallation;
  /** Where the size-limited data volumes are, by service; see `limitedVolumes`. */
  readonly volumes: ReadonlyMap<Service, string>;
}

const services: readonly Service[] = ["postgres", "n8n", "letta", "open-webui", "neo4j"];

/** The role of each service in Postgres. */
const roles = { postgres: "postgres", n8n: "n8n", letta: "letta", "open-webui": "openwebui" } as const;

export const faults: readonly Fault[] = services.flatMap((service) => [
  stopped(service),
  paused(service),
  starved(service),
  service === "neo4j" ? wrongNeo4jPassword() : wrongRolePassword(service),
  fullVolume(service),
  droppedNetwork(service),
]);

export function fault(service: Service, name: string): Fault {
  const found = faults.find((one) => one.service === service && one.name === name);
  if (!found) throw new Error(`no fault ${name} of ${service}`);
  return found;
}

function stopped(service: Service): Fault {
  return {
    name: "stopped",
    service,
    cause: /does not run: exited/,
    inject: async (stage) => void (await container(stage, service).stop({ t: 20 })),
    heal: async (stage) => void (await container(stage, service).start()),
  };
}

function paused(service: Service): Fault {
  return {
    name: "paused",
    service,
    cause: /is paused/,
    inject: async (stage) => void (await container(stage, service).pause()),
    heal: async (stage) => void (await container(stage, service).unpause()),
  };
}

/** So little memory above what it uses that it is short of it. */
function starved(service: Service): Fault {
  return {
    name: "starved",
    service,
    cause: /memory|OOM/i,
    inject: async (stage) => {
      const { memory_stats: memory } = (await container(stage, service).stats({ stream: false })) as {
        memory_stats: { usage: number; stats: { total_active_file: number; total_inactive_file: number } };
      };
      const files = memory.stats.total_active_file + memory.stats.total_inactive_file;
      const limit = Math.round((memory.usage - files) * 1.01);
      await container(stage, service).update({ Memory: limit, MemorySwap: limit });
    },
    heal: async (stage) => {
      await container(stage, service).update({ Memory: 2_147_483_648, MemorySwap: 4_294_967_296 });
      // What the kernel killed inside may leave the rest of it half alive.
      await container(stage, service).restart({ t: 20 });
    },
  };
}

function wrongRolePassword(service: Exclude<Service, "neo4j">): Fault {
  const role = roles[service];
  const setPassword = (stage: Stage, password: string) =>
    sql(
      stage,
      `ALTER ROLE "${role}" PASSWORD '${password}'; SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '${role}' AND pid <> pg_backend_pid()`,
    );
  const variables = {
    postgres: "POSTGRES_PASSWORD",
    n8n: "N8N_DB_PASSWORD",
    letta: "LETTA_DB_PASSWORD",
    "open-webui": "OPENWEBUI_DB_PASSWORD",
  };
  return {
    name: "wrong password",
    service,
    cause: /password/i,
    inject: (stage) => setPassword(stage, "not-the-password"),
    heal: (stage) => setPassword(stage, stage.installation.env("staging")[variables[service]] ?? ""),
  };
}

function wrongNeo4jPassword(): Fault {
  const alter = async (stage: Stage, from: string, to: string) => {
    const statement = `ALTER CURRENT USER SET PASSWORD FROM '${from}' TO '${to}'`;
    await inside(
      stage,
      "neo4j",
      [
        "sh",
        "-c",
        "IFS= read -r NEO4J_PASSWORD; export NEO4J_PASSWORD; exec cypher-shell -u neo4j -d system --format plain",
      ],
      `${from}\n${statement};\n`,
    );
  };
  const real = (stage: Stage) => stage.installation.env("staging").NEO4J_PASSWORD ?? "";
  return {
    name: "wrong password",
    service: "neo4j",
    cause: /password/i,
    inject: (stage) => alter(stage, real(stage), "not-the-password"),
    heal: async (stage) => {
      // After three wrong logins Neo4j lets nobody in for five seconds, which looks every few seconds draw out for ever.
      await container(stage, "neo4j").restart({ t: 20 });
      for (let tries = 60; ; tries--) {
        try {
          return await alter(stage, "not-the-password", real(stage));
        } catch (error) {
          if (tries === 0) throw error;
          await new Promise((resolve) => setTimeout(resolve, 1_000));
        }
      }
    },
  };
}

function fullVolume(service: Service): Fault {
  const filler = (stage: Stage) => join(stage.volumes.get(service) ?? "", "filler");
  return {
    name: "full volume",
    service,
    cause: /full|free|%/i,
    // dd fails when there is no more room: that is what it is for.
    inject: async (stage) =>
      void spawnSync("dd", ["if=/dev/zero", `of=${filler(stage)}`, "bs=1M", "count=2000"], { stdio: "ignore" }),
    heal: async (stage) => rmSync(filler(stage), { force: true }),
  };
}

function droppedNetwork(service: Service): Fault {
  const network = (stage: Stage) => stage.engine.docker.getNetwork(`${stage.installation.project}-staging_internal`);
  const name = (stage: Stage) => `${stage.installation.project}-staging-${service}`;
  return {
    name: "dropped network",
    service,
    cause: /network/,
    inject: async (stage) => void (await network(stage).disconnect({ Container: name(stage), Force: true })),
    heal: async (stage) =>
      void (await network(stage).connect({ Container: name(stage), EndpointConfig: { Aliases: [service] } })),
  };
}

function container({ engine, installation }: Stage, service: Service) {
  return engine.docker.getContainer(`${installation.project}-staging-${service}`);
}

/** As the superuser over the server's own socket, which asks for no password. */
async function sql(stage: Stage, statement: string): Promise<void> {
  await inside(stage, "postgres", ["psql", "-U", "postgres", "-v", "ON_ERROR_STOP=1", "-f", "-"], statement);
}

async function inside(stage: Stage, service: Service, command: string[], stdin: string): Promise<void> {
  const name = `${stage.installation.project}-staging-${service}`;
  const { exitCode, stdout, stderr } = await exec(stage.engine, name, command, { stdin, timeout: 60_000 });
  if (exitCode !== 0) throw new Error(`${service}: ${stderr || stdout}`);
}

/** Sizes of the volumes that may be filled, MB: with room for what the services write by themselves. */
const sizes: Readonly<Record<Service, number>> = { postgres: 600, n8n: 64, letta: 64, "open-webui": 256, neo4j: 900 };

/**
 * Volumes of a limited size for a staging that is not deployed yet, and the compose overlay that names them.
 * @returns the folders by service, and how to give them back
 */
export function limitedVolumes(installation: TestInstallation): { volumes: Map<Service, string>; release: () => void } {
  const users: Readonly<Record<Service, string>> = {
    postgres: "999:999",
    n8n: "1000:1000",
    letta: "1000:1000",
    "open-webui": "1000:1000",
    neo4j: "7474:7474",
  };
  const volumes = new Map<Service, string>();
  const lines = services.map((service) => {
    const folder = join(installation.root, "volumes", service);
    mkdirSync(folder, { recursive: true });
    execFileSync("mount", ["-t", "tmpfs", "-o", `size=${sizes[service]}m`, "tmpfs", folder]);
    execFileSync("chown", [users[service], folder]);
    volumes.set(service, folder);
    return `  ${service}-data:\n    driver_opts: { type: none, o: bind, device: "${folder}" }\n`;
  });
  installation.write("limited.yml", `services: {}\nvolumes:\n${lines.join("")}`);
  const release = () => {
    for (const folder of volumes.values()) execFileSync("umount", ["-l", folder]);
  };
  return { volumes, release };
}
