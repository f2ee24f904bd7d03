import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type ContainerInspectInfo, connectEngine, type Engine, isSecretName, sourceRoot } from "@understudy/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createInstallation, finished, type TestInstallation } from "./support/installation.ts";

interface DeployJson {
  environment: string;
  profile: string;
  changes: { create: number; update: number; delete: number; replace: number };
  services: { name: string; healthy: boolean; url?: string; image: string }[];
  release: string;
}

const none = { create: 0, update: 0, delete: 0, replace: 0 };
const services = ["haproxy", "letta", "n8n", "neo4j", "open-webui", "postgres"];

/** One staging, deployed once, seen through everything that a person may do to it. Tests build on each other. */
describe("a staging stack", () => {
  let installation: TestInstallation;
  let engine: Engine;
  let secrets: string[];
  let workflow: string;
  /** Every command line that was seen while the first deploy ran. */
  const processes = new Set<string>();
  let env: Record<string, string>;
  const offset = 11_000;
  const at = (port: number, path: string) => `http://127.0.0.1:${port + offset}${path}`;
  const inspect = (service: string): Promise<ContainerInspectInfo> =>
    engine.docker.getContainer(`${installation.project}-staging-${service}`).inspect();
  const deploy = (...flags: string[]) => installation.json<DeployJson>("deploy:staging", "--env", "laptop", ...flags);
  const n8n = (path: string, init: RequestInit = {}) =>
    fetch(at(5678, `/api/v1${path}`), {
      ...init,
      headers: { "x-n8n-api-key": env.N8N_API_KEY ?? "", "content-type": "application/json" },
    });

  beforeAll(async () => {
    engine = await connectEngine("local");
    installation = createInstallation(
      `environments:\n  staging: { kind: staging, portOffset: ${offset} }\n  production: { kind: production, profile: server, portOffset: ${offset + 1_000}, bind: 127.0.0.1 }\n`,
    );
  });
  afterAll(async () => {
    await installation[Symbol.asyncDispose]();
    await engine.close();
  });

  it("changes nothing in a dry run, secrets not even made", async () => {
    const plan = await installation.json<{ changes: typeof none }>("deploy:staging", "--env", "laptop", "--dry-run");
    expect(plan.changes.create).toBe(15);
    expect(readdirSync(installation.root).sort()).toEqual(["logs", "understudy.yml"]);
  });

  it("deploys with one command, every service healthy", async () => {
    const child = installation.start("deploy:staging", "--env", "laptop", "--json");
    const watch = setInterval(() => void commandLines().map((line) => processes.add(line)), 20);
    const { exitCode, stdout, stderr } = await finished(child);
    clearInterval(watch);
    expect(exitCode, stderr).toBe(0);
    const report = JSON.parse(stdout) as DeployJson;
    expect(report).toMatchObject({ environment: "staging", profile: "laptop", changes: { ...none, create: 15 } });
    expect(
      report.services
        .filter(({ healthy }) => healthy)
        .map(({ name }) => name)
        .sort(),
    ).toEqual(services);
    env = installation.env("staging");
    secrets = Object.entries(env).flatMap(([name, value]) => (isSecretName(name) && value ? [value] : []));
    expect(secrets.length).toBeGreaterThanOrEqual(13);
  });

  it.each([
    [5678, "/healthz"],
    [5678, "/healthz/readiness"],
    [8080, "/health"],
    [8283, "/v1/health/"],
    [7474, "/"],
  ])("answers on port %i%s", async (port, path) => {
    expect((await fetch(at(port, path))).status).toBe(200);
  });

  it("runs an n8n workflow that was made over its API with the stored key", async () => {
    const trigger = {
      name: "Webhook",
      type: "n8n-nodes-base.webhook",
      typeVersion: 2,
      position: [0, 0],
      webhookId: "hello",
      parameters: { path: "hello", responseMode: "lastNode" },
    };
    const answer = {
      name: "Answer",
      type: "n8n-nodes-base.set",
      typeVersion: 3.4,
      position: [200, 0],
      parameters: {
        assignments: {
          assignments: [{ id: "1", name: "said", type: "string", value: "={{ 'hello ' + $json.query.name }}" }],
        },
      },
    };
    const created = await n8n("/workflows", {
      method: "POST",
      body: JSON.stringify({
        name: "hello",
        nodes: [trigger, answer],
        connections: { Webhook: { main: [[{ node: "Answer", type: "main", index: 0 }]] } },
        settings: {},
      }),
    });
    workflow = ((await created.json()) as { id: string }).id;
    expect((await n8n(`/workflows/${workflow}/activate`, { method: "POST" })).status).toBe(200);
    await expect
      .poll(async () => (await fetch(at(5678, "/webhook/hello?name=ada"))).text(), { timeout: 20_000 })
      .toContain("hello ada");
  });

  it("lets nobody claim n8n through the edge", async () => {
    const claim = await fetch(at(5678, "/rest/owner/setup"), { method: "POST", body: "{}" });
    expect(claim.status).toBe(403);
  });

  it("lists Letta's agents with the stored password, and refuses without", async () => {
    const authorization = `Bearer ${env.LETTA_SERVER_PASSWORD}`;
    const answer = await fetch(at(8283, "/v1/agents/"), { headers: { authorization } });
    expect(await answer.json()).toEqual([]);
    expect((await fetch(at(8283, "/v1/agents/"))).status).toBe(401);
  });

  it("lets Open WebUI's administrator in", async () => {
    const body = JSON.stringify({ email: env.WEBUI_ADMIN_EMAIL, password: env.WEBUI_ADMIN_PASSWORD });
    const answer = await fetch(at(8080, "/api/v1/auths/signin"), {
      method: "POST",
      headers: { "content-type": "application/json" },
      body,
    });
    expect(await answer.json()).toMatchObject({ role: "admin", token: expect.any(String) });
  });

  it("answers a Cypher query", async () => {
    const authorization = `Basic ${Buffer.from(`neo4j:${env.NEO4J_PASSWORD}`).toString("base64")}`;
    const answer = await fetch(at(7474, "/db/neo4j/tx/commit"), {
      method: "POST",
      headers: { authorization, "content-type": "application/json" },
      body: JSON.stringify({ statements: [{ statement: "RETURN 6 * 7 AS answer" }] }),
    });
    expect(await answer.json()).toMatchObject({ results: [{ data: [{ row: [42] }] }], errors: [] });
  });

  it("gives each program a database and a role that reaches no other", async () => {
    const psql = (role: string, database: string) => {
      const password = env[`${role.toUpperCase()}_DB_PASSWORD`] ?? "";
      return sh(
        engine,
        `${installation.project}-staging-postgres`,
        `PGPASSWORD=${password} psql -h 127.0.0.1 -U ${role} -d ${database} -tAc 'select 1'`,
      );
    };
    for (const role of ["n8n", "letta", "openwebui", "app"]) expect(await psql(role, role)).toBe("1");
    await expect(psql("letta", "n8n")).rejects.toThrow(/permission denied/);
  });

  it("finds nothing to do the second time, with and without the engine", async () => {
    const again = await deploy();
    expect(again.changes).toEqual(none);
    expect(Object.keys(again).slice(0, 4)).toEqual(["environment", "profile", "changes", "services"]);
    expect(again.services).toContainEqual(
      expect.objectContaining({ name: "n8n", healthy: true, url: `http://localhost:${5678 + offset}` }),
    );
    expect((await deploy("--refresh")).changes).toEqual(none);
  });

  it("labels every container, network and volume", async () => {
    const filters = { label: [`understudy.stack=${installation.project}-staging`] };
    const [containers, networks, { Volumes }] = await Promise.all([
      engine.docker.listContainers({ all: true, filters }),
      engine.docker.listNetworks({ filters }),
      engine.docker.listVolumes({ filters }),
    ]);
    const all = [...containers, ...networks, ...Volumes].map(({ Labels }) => Labels ?? {});
    expect(all).toHaveLength(15);
    for (const labels of all) {
      expect(labels).toMatchObject({
        "understudy.environment": "staging",
        "understudy.release": expect.stringMatching(/^r-[0-9a-f]{12}$/),
        "understudy.service": expect.any(String),
      });
    }
  });

  it("runs every service as somebody other than root", async () => {
    for (const service of services) {
      expect(await sh(engine, `${installation.project}-staging-${service}`, "id -u"), service).not.toBe("0");
    }
  });

  it("repairs a container that was removed, its data intact", async () => {
    await engine.docker.getContainer(`${installation.project}-staging-n8n`).remove({ force: true });
    expect((await deploy()).changes).toEqual({ ...none, create: 1 });
    expect(await (await n8n(`/workflows/${workflow}`)).json()).toMatchObject({ name: "hello", active: true });
  });

  it("mends what was stopped, limited, or disconnected by hand", async () => {
    const before = await inspect("neo4j");
    await engine.docker.getContainer(`${installation.project}-staging-neo4j`).stop();
    await engine.docker
      .getContainer(`${installation.project}-staging-open-webui`)
      .update({ Memory: 1_073_741_824, MemorySwap: 1_073_741_824 });
    await engine.docker
      .getNetwork(`${installation.project}-staging_internal`)
      .disconnect({ Container: `${installation.project}-staging-letta` });
    const plan = await installation.run("deploy:staging", "--env", "laptop", "--dry-run");
    expect(plan.stderr).toMatch(/neo4j: .*started/);
    expect(plan.stderr).toMatch(/open-webui: memory limit 1024 → 2048/);
    expect(plan.stderr).toMatch(/letta: altered by hand, container replaced/);
    await deploy();
    expect((await inspect("neo4j")).Id).toBe(before.Id);
    expect((await inspect("open-webui")).HostConfig.Memory).toBe(2_147_483_648);
    expect(Object.keys((await inspect("letta")).NetworkSettings.Networks)).toContain(
      `${installation.project}-staging_internal`,
    );
    expect((await deploy("--refresh")).changes).toEqual(none);
  });

  it("does not make a data volume anew in silence", async () => {
    const volume = `${installation.project}-staging_neo4j-data`;
    await engine.docker.getContainer(`${installation.project}-staging-neo4j`).remove({ force: true });
    await engine.docker.getVolume(volume).remove();
    const refused = await installation.run("deploy:staging", "--env", "laptop");
    expect(refused.exitCode).toBe(1);
    expect(refused.stderr).toContain(`--accept-empty-volume ${volume}`);
    await expect(engine.docker.getVolume(volume).inspect()).rejects.toThrow();
    expect((await deploy("--accept-empty-volume", volume)).changes).toMatchObject({ create: 2 });
  });

  it("lets one deploy at a time in, and names the one that is inside", async () => {
    const first = installation.start("deploy:staging", "--env", "laptop", "--refresh");
    await expect
      .poll(async () => (await installation.json<{ lockedBy: string | null }>("status")).lockedBy, { timeout: 30_000 })
      .toContain("deploy:staging");
    const [second, third] = await Promise.all([
      installation.run("deploy:staging", "--env", "laptop"),
      installation.run("deploy:staging", "--env", "laptop", "--wait"),
    ]);
    await new Promise((resolve) => (first.exitCode === null ? first.once("close", resolve) : resolve(undefined)));
    expect(first.exitCode).toBe(0);
    expect(second).toMatchObject({
      exitCode: 1,
      stderr: expect.stringMatching(/staging is locked by .*process \d+.*--wait/),
    });
    expect(third).toMatchObject({ exitCode: 0, stderr: expect.stringContaining("Waiting: staging is locked by") });
  });

  it("shows a service's last lines, and the services there are", async () => {
    expect(
      (await installation.run("logs", "postgres", "--tail", "5")).stdout.trim().split("\n").length,
    ).toBeLessThanOrEqual(5);
    expect(await installation.run("logs", "redis")).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining("It runs: haproxy, letta, n8n, neo4j, open-webui, postgres"),
    });
  });

  it("keeps the two kinds apart: production beside it publishes the edge only, and neither deploy touches the other", async () => {
    const ids = async (environment: string) => {
      const containers = await engine.docker.listContainers({
        filters: { label: [`understudy.stack=${installation.project}-${environment}`] },
      });
      return containers.map(({ Id }) => Id).sort();
    };
    const staging = await ids("staging");
    const report = await installation.json<DeployJson>("deploy:production");
    expect(report).toMatchObject({ environment: "production", profile: "server", changes: { ...none, create: 15 } });
    expect(await ids("staging")).toEqual(staging);
    const production = await ids("production");
    const published = await engine.docker.listContainers({ filters: { id: production } });
    const ports = published.flatMap(({ Labels, Ports }) =>
      Ports.filter(({ PublicPort }) => PublicPort).map(
        ({ PublicPort }) => `${Labels["understudy.service"]}:${PublicPort}`,
      ),
    );
    expect([...new Set(ports)].sort()).toEqual(
      [5678, 8080, 8283].map((port) => `haproxy:${port + offset + 1_000}`).sort(),
    );
    await deploy("--refresh");
    expect(await ids("production")).toEqual(production);
  });

  it("only repairs production as it was recorded, whatever the working tree says", async () => {
    execFileSync("cp", ["-r", join(sourceRoot, "compose"), installation.root]);
    const base = installation.read("compose/docker-compose.yml");
    installation.write(
      "compose/docker-compose.yml",
      base.replace('EXECUTIONS_DATA_MAX_AGE: "336"', 'EXECUTIONS_DATA_MAX_AGE: "1"'),
    );
    await engine.docker.getContainer(`${installation.project}-production-haproxy`).remove({ force: true });
    const repaired = await installation.json<DeployJson>("deploy:production");
    expect(repaired.changes).toEqual({ ...none, create: 1 });
    const { Config } = await engine.docker.getContainer(`${installation.project}-production-n8n`).inspect();
    expect(Config.Env).toContain("EXECUTIONS_DATA_MAX_AGE=336");
    installation.write("compose/docker-compose.yml", base);
  });

  it("leaves secrets nowhere but in the environment file", () => {
    const places = execFileSync("find", [installation.root, "-type", "f", "!", "-name", ".env.*"], { encoding: "utf8" })
      .trim()
      .split("\n");
    expect(places.some((file) => file.includes("/.understudy/pulumi/state/"))).toBe(true);
    expect(places.some((file) => file.endsWith("audit.jsonl"))).toBe(true);
    const all = [
      ...secrets,
      ...Object.entries(installation.env("production")).flatMap(([name, value]) =>
        isSecretName(name) && value ? [value] : [],
      ),
    ];
    for (const file of places) {
      const text = readFileSync(file, "latin1");
      expect(
        all.filter((secret) => text.includes(secret)),
        file,
      ).toEqual([]);
    }
    expect([...processes].some((line) => line.includes("initdb"))).toBe(true);
    const seen = [...processes, ...commandLines()].join("\n");
    expect(all.filter((secret) => seen.includes(secret))).toEqual([]);
    const ignored = execFileSync(
      "git",
      ["-C", sourceRoot, "check-ignore", ".env.staging", ".env.production", ".understudy/x", "logs/x"],
      { encoding: "utf8" },
    );
    expect(ignored.trim().split("\n")).toHaveLength(4);
  });

  it("stops, starts again, and is removed with its data only when that is said", async () => {
    expect((await installation.json<{ stopped: string[] }>("stop:staging")).stopped.sort()).toEqual(services);
    expect(await installation.json("status")).toMatchObject({
      deployed: true,
      services: expect.arrayContaining([
        expect.objectContaining({ name: "n8n", state: expect.stringContaining("exited") }),
      ]),
    });
    expect((await deploy()).changes).toEqual(none);
    const refused = await installation.run("destroy:staging");
    expect(refused).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("--yes") });
    await installation.json("destroy:staging", "--yes");
    expect(await installation.json<{ volumes: string[] }>("status")).toMatchObject({
      deployed: false,
      volumes: expect.arrayContaining([`${installation.project}-staging_postgres-data`]),
    });
    await installation.json("destroy:staging", "--yes", "--volumes");
    expect(await installation.json("status")).toMatchObject({ deployed: false, volumes: [] });
  });
});

/** Run a shell line in a container; throws with what it said when it fails. */
async function sh(engine: Engine, container: string, line: string): Promise<string> {
  const { exec } = await import("@understudy/core");
  const { exitCode, stdout, stderr } = await exec(engine, container, ["sh", "-c", line]);
  if (exitCode !== 0) throw new Error(stderr || stdout || `exit code ${exitCode}`);
  return stdout.trim();
}

/** What `ps` would show now. */
function commandLines(): string[] {
  return readdirSync("/proc").flatMap((name) => {
    try {
      return /^\d+$/.test(name) ? [readFileSync(`/proc/${name}/cmdline`, "latin1")] : [];
    } catch {
      // It ended between being listed and being read.
      return [];
    }
  });
}
