import { execFileSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { connectEngine, type Engine, exec, sourceRoot } from "@understudy/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { finished, type TestInstallation } from "./installation.ts";
import { commandLines, secretsInFiles, secretsOf } from "./secrets.ts";

interface DeployJson {
  environment: string;
  profile: string;
  changes: { create: number; update: number; delete: number; replace: number };
  services: { name: string; healthy: boolean; url?: string; image: string }[];
  release: string;
}

const none = { create: 0, update: 0, delete: 0, replace: 0 };
const services = ["haproxy", "letta", "n8n", "neo4j", "open-webui", "postgres"];

/**
 * Deploys the whole staging of a fresh installation, and proves what that promises. The stack runs on afterwards.
 * @param offset the staging's `portOffset`
 */
export function freshStagingSuite(installed: () => TestInstallation, offset: number): void {
  describe("a fresh staging", () => {
    let installation: TestInstallation;
    let engine: Engine;
    /** Every command line that was seen while the first deploy ran. */
    const processes = new Set<string>();
    let env: Record<string, string>;
    const at = (port: number, path: string) => `http://127.0.0.1:${port + offset}${path}`;
    const container = (service: string) => `${installation.project}-staging-${service}`;
    const deploy = (...flags: string[]) => installation.json<DeployJson>("deploy:staging", "--env", "laptop", ...flags);

    beforeAll(async () => {
      installation = installed();
      engine = await connectEngine("local");
    });
    afterAll(() => engine.close());

    /** What a shell line prints in a container. */
    async function sh(service: string, line: string): Promise<string> {
      const { exitCode, stdout, stderr } = await exec(engine, container(service), ["sh", "-c", line]);
      if (exitCode !== 0) throw new Error(stderr || stdout || `exit code ${exitCode}`);
      return stdout.trim();
    }

    it("is not touched by a dry run, secrets not even made", async () => {
      const plan = await installation.json<{ changes: typeof none }>("deploy:staging", "--env", "laptop", "--dry-run");
      expect(plan.changes.create).toBe(15);
      expect(readdirSync(installation.root).sort()).toEqual(["logs", "understudy.yml"]);
    });

    it("is deployed with one command, every service healthy", async () => {
      const child = installation.start("deploy:staging", "--env", "laptop", "--json");
      const watch = setInterval(() => void commandLines().map((line) => processes.add(line)), 20);
      const { exitCode, stdout, stderr } = await finished(child);
      clearInterval(watch);
      expect(exitCode, stderr).toBe(0);
      const report = JSON.parse(stdout) as DeployJson;
      expect(report).toMatchObject({ environment: "staging", profile: "laptop", changes: { ...none, create: 15 } });
      const healthy = report.services.filter((service) => service.healthy).map(({ name }) => name);
      expect(healthy.sort()).toEqual(services);
      env = installation.env("staging");
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
      const n8n = async <Answer>(path: string, body: unknown) => {
        const headers = { "x-n8n-api-key": env.N8N_API_KEY ?? "", "content-type": "application/json" };
        const answer = await fetch(at(5678, path), { method: "POST", headers, body: JSON.stringify(body) });
        expect(answer.status).toBe(200);
        return (await answer.json()) as Answer;
      };
      const trigger = {
        name: "Webhook",
        type: "n8n-nodes-base.webhook",
        typeVersion: 2,
        position: [0, 0],
        webhookId: "whom",
        parameters: { path: "whom", responseMode: "lastNode" },
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
      const { id } = await n8n<{ id: string }>("/api/v1/workflows", {
        name: "whom",
        nodes: [trigger, answer],
        connections: { Webhook: { main: [[{ node: "Answer", type: "main", index: 0 }]] } },
        settings: {},
      });
      await n8n(`/api/v1/workflows/${id}/activate`, {});
      await expect
        .poll(async () => (await fetch(at(5678, "/webhook/whom?name=ada"))).text(), { timeout: 20_000 })
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
        return sh("postgres", `PGPASSWORD=${password} psql -h 127.0.0.1 -U ${role} -d ${database} -tAc 'select 1'`);
      };
      for (const role of ["n8n", "letta", "openwebui", "app"]) expect(await psql(role, role)).toBe("1");
      await expect(psql("letta", "n8n")).rejects.toThrow(/permission denied/);
    });

    it("has nothing to do the second time, with and without the engine", async () => {
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
      for (const service of services) expect(await sh(service, "id -u"), service).not.toBe("0");
    });

    it("lets one deploy at a time in, and names the one that is inside", async () => {
      const first = installation.start("deploy:staging", "--env", "laptop", "--refresh");
      const ended = finished(first);
      await expect
        .poll(async () => (await installation.json<{ lockedBy: string | null }>("status")).lockedBy, {
          timeout: 30_000,
        })
        .toContain("deploy:staging");
      const [second, third] = await Promise.all([
        installation.run("deploy:staging", "--env", "laptop"),
        installation.run("deploy:staging", "--env", "laptop", "--wait"),
      ]);
      expect((await ended).exitCode).toBe(0);
      expect(second).toMatchObject({
        exitCode: 1,
        stderr: expect.stringMatching(/staging is locked by .*process \d+.*--wait/),
      });
      expect(third).toMatchObject({ exitCode: 0, stderr: expect.stringContaining("Waiting: staging is locked by") });
    });

    it("shows a service's last lines, and the services there are", async () => {
      const { stdout } = await installation.run("logs", "postgres", "--tail", "5");
      expect(stdout.trim().split("\n").length).toBeLessThanOrEqual(5);
      expect(await installation.run("logs", "redis")).toMatchObject({
        exitCode: 1,
        stderr: expect.stringContaining("It runs: haproxy, letta, n8n, neo4j, open-webui, postgres"),
      });
    });

    it("leaves secrets nowhere but in the environment file", () => {
      const secrets = secretsOf(installation, "staging");
      expect(secrets.length).toBeGreaterThanOrEqual(13);
      const files = secretsInFiles(installation, secrets);
      expect([...files.keys()].some((file) => file.includes("/.understudy/pulumi/state/"))).toBe(true);
      expect([...files.keys()].some((file) => file.endsWith("audit.jsonl"))).toBe(true);
      expect([...files].filter(([, found]) => found.length > 0)).toEqual([]);
      expect([...processes].some((line) => line.includes("initdb"))).toBe(true);
      const seen = [...processes, ...commandLines()].join("\n");
      expect(secrets.filter((secret) => seen.includes(secret))).toEqual([]);
      const private_ = [".env.staging", ".env.production", ".understudy/x", "logs/x"];
      const ignored = execFileSync("git", ["-C", sourceRoot, "check-ignore", ...private_], { encoding: "utf8" });
      expect(ignored.trim().split("\n")).toEqual(private_);
    });
  });
}
