import { spawn } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { connectEngine, dayOf, HostSession, isSecret, sourceRoot } from "@understudy/core";
import { afterEach, describe, expect, it } from "vitest";
import { finished, type TestInstallation, type VerbResult } from "../../../deploy/test/support/installation.ts";
import type { CheckResult } from "../../src/checks/check.ts";

type Deployed = Pick<TestInstallation, "root" | "project" | "write" | "env">;

interface Report {
  environment: string;
  status: string;
  checks: CheckResult[];
  notApplicable: { name: string; why: string }[];
  lockedBy: string | null;
}

const verb = join(sourceRoot, "packages/health/src/cli/health-check.ts");

/** What `health:check` promises, on an installation whose staging is deployed and well. It leaves it as it was. */
export function checkSuite(installation: () => Deployed): void {
  describe("health:check", () => {
    const run = async (flags: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<VerbResult> => {
      const { root } = installation();
      const options = { cwd: root, env: { ...process.env, UNDERSTUDY_ROOT: root, NO_COLOR: "1", ...env } };
      return await finished(
        spawn(process.execPath, [verb, ...flags], { ...options, stdio: ["ignore", "pipe", "pipe"] }),
      );
    };
    const report = async (...flags: string[]) => {
      const result = await run([...flags, "--json"]);
      return { ...result, ...(JSON.parse(result.stdout) as Report) };
    };
    const define = (file: string, text: string) => installation().write(`checks/${file}`, text);
    afterEach(() => rmSync(join(installation().root, "checks"), { recursive: true, force: true }));

    it("finds everything healthy soon after a deploy, and then in less than five seconds", async () => {
      const problems = async () => problemsOf(await report("--staging"));
      await expect.poll(problems, { timeout: 90_000, interval: 1_000 }).toEqual([]);
      const { exitCode, status, checks, notApplicable, lockedBy, took } = await report("--staging");
      expect(problemsOf({ checks })).toEqual([]);
      expect([exitCode, status, lockedBy]).toEqual([0, "healthy", null]);
      expect(took).toBeLessThan(5_000);
      expect(notApplicable.map(({ name }) => name)).toEqual(["last backup", "last copy", "last drill"]);
      for (const check of checks) {
        expect(Object.keys(check)).toEqual(["name", "service", "status", "seen", "expected", "ms"]);
      }
      expect(new Set(checks.map(({ name }) => name)).size).toBe(checks.length);
    });

    it("looks at each service at the depth that matters", async () => {
      const { checks } = await report();
      const names = checks.map(({ name }) => name);
      for (const service of ["postgres", "n8n", "letta", "open-webui", "neo4j", "haproxy"]) {
        expect(names).toEqual(
          expect.arrayContaining([`${service} container`, `${service} memory`, `${service} cpu`, `${service} log`]),
        );
      }
      expect(names).toEqual(
        expect.arrayContaining([
          ...["query", "connections", "longest transaction", "dead rows", "replication", "app database", "volumes"].map(
            (what) => `postgres ${what}`,
          ),
          ...["readiness", "database", "workflows", "edge", "volumes"].map((what) => `n8n ${what}`),
          ...["health", "agents", "database", "edge"].map((what) => `letta ${what}`),
          ...["health", "database query", "database", "edge"].map((what) => `open-webui ${what}`),
          ...["neo4j query", "neo4j edge", "haproxy backends"],
          ...["docker engine", "host disk", "host memory", "host load", "host clock"],
        ]),
      );
    });

    it("tells people the same in a short table, and everything with --verbose", async () => {
      const short = await run([]);
      expect(short.exitCode).toBe(0);
      expect(short.stdout).toMatch(/│ n8n +│ (\d+) of \1 +│ runs for/);
      expect(short.stdout).toMatch(/staging is healthy: \d+ checks, \d\.\d s\n$/);
      const verbose = await run(["--verbose"]);
      expect(verbose.stdout).toMatch(/connections=\d+ connections_allowed=100/);
      expect(verbose.stdout).toMatch(/open-webui log:\n {2}\| /);
    });

    it("looks only at what is asked for, and names what there is", async () => {
      const { checks, notApplicable } = await report("--only", "neo4j,host disk");
      expect(new Set(checks.map(({ service }) => service))).toEqual(new Set(["neo4j", "host"]));
      expect(checks.map(({ name }) => name)).toContain("host disk");
      expect(notApplicable).toEqual([]);
      const { exitCode, stderr } = await run(["--only", "n9n"]);
      expect(exitCode).toBe(2);
      expect(stderr).toMatch(/there is no service or check "n9n"\. Services: host, postgres, /);
    });

    it("takes checks from YAML and TypeScript, and is as unhealthy as they say", async () => {
      define("own.yml", "- { name: nightly, type: heartbeat, every: 1d }\n- { name: n8n cpu, disabled: true }\n");
      define(
        "own.ts",
        `import { defineChecks } from "@understudy/health";
         export default defineChecks([
           { name: "tables", type: "postgres", database: "n8n", severity: "warning",
             query: "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'", expect: { value: { below: 5 } } },
         ]);\n`,
      );
      const degraded = await report();
      expect([degraded.exitCode, degraded.status]).toEqual([3, "degraded"]);
      expect(degraded.checks.find(({ name }) => name === "tables")).toMatchObject({
        status: "degraded",
        seen: expect.stringMatching(/^value \d+$/),
        expected: "value below 5",
      });
      expect(degraded.notApplicable).toEqual(
        expect.arrayContaining([
          { name: "nightly", why: "only a running monitor hears heartbeats" },
          { name: "n8n cpu", why: "switched off at checks/own.yml:2" },
        ]),
      );
      define("more.yml", "- name: nobody\n  type: tcp\n  service: letta\n  port: 1\n");
      const unhealthy = await run(["--only", "nobody"]);
      expect(unhealthy.exitCode).toBe(1);
      expect(unhealthy.stdout).toMatch(
        /^✖ nobody: unhealthy\n {4}seen {6}\S+:1 refuses connections\n {4}expected {2}a connection/,
      );
    });

    it("asks Neo4j and a container of the stack what a definition says", async () => {
      define(
        "own.yml",
        `
- { name: nodes, type: neo4j, query: "MATCH (n) RETURN count(n)", expect: { value: { above: -1 } } }
- { name: written, type: neo4j, query: "CREATE (n:Wrong) RETURN 1" }
- { name: version, type: command, service: n8n, run: n8n --version, expect: { output: { matches: '^2\\.' } }, timeout: 20s }
- { name: letta, type: http, service: letta, port: 8283, path: /v1/agents/, headers: { authorization: "Bearer \${LETTA_SERVER_PASSWORD}" }, expect: { body: { $: [] } } }
- { name: locked out, type: http, service: letta, port: 8283, path: /v1/agents/, expect: { status: 401 } }
`,
      );
      const { checks } = await report("--only", "nodes,written,version,letta,locked out");
      const seen = Object.fromEntries(checks.map(({ name, status, seen }) => [name, `${status}: ${seen}`]));
      expect(seen).toMatchObject({
        nodes: expect.stringMatching(/^healthy: value \d+$/),
        written: expect.stringMatching(/^unhealthy: .*[Ww]rit/),
        version: expect.stringMatching(/^healthy: 2\./),
        letta: expect.stringMatching(/^healthy: status 200/),
        "locked out": expect.stringMatching(/^healthy: status 401/),
      });
    });

    it("refuses a wrong definition with file, line and field, and looks at nothing", async () => {
      define("own.yml", "- name: web\n  type: http\n  url: example.org\n");
      const { exitCode, stderr } = await run([]);
      expect(exitCode).toBe(1);
      expect(stderr).toBe(
        'error: checks/own.yml:3: check "web": url: "example.org": must be an address with http:// or https://. docs/health.md says what each type of check may have\n',
      );
    });

    it("is neither healthy nor a crash when the engine does not answer", async () => {
      const result = await run(["--json"], { DOCKER_HOST: "unix:///nowhere/docker.sock" });
      expect(result.exitCode).toBe(1);
      const { status, checks } = JSON.parse(result.stdout) as Report;
      expect(status).toBe("unhealthy");
      expect(checks).toMatchObject([{ name: "docker engine", service: "host", status: "unhealthy" }]);
      expect(checks[0]?.seen).toContain("does not answer");
    });

    it("says that nothing is deployed, and what to do", async () => {
      const { exitCode, stdout, stderr } = await run(["--production", "--json"]);
      expect(exitCode).toBe(1);
      expect(stderr).toBe("error: production is not deployed. Deploy it: pnpm deploy:production\n");
      expect(JSON.parse(stdout)).toEqual({
        error: { message: "production is not deployed", next: "Deploy it: pnpm deploy:production" },
      });
    });

    it("goes on while a deploy holds the lock, and says who does", async () => {
      await using engine = await connectEngine("local");
      const [toolbox] = await engine.docker.listImages({ filters: { reference: ["understudy/toolbox"] } });
      const stackName = `${installation().project}-staging`;
      const lock = { stackName, environment: "staging", verb: "deploy:staging", image: toolbox?.Id ?? "", wait: false };
      await using _session = await HostSession.open(engine, lock);
      const { exitCode, lockedBy } = await report();
      expect([exitCode, lockedBy]).toEqual([0, expect.stringContaining("deploy:staging")]);
    });

    it("writes a line a check, and shows no secret anywhere", async () => {
      const { stdout, stderr } = await run(["--verbose", "--json"]);
      const log = readFileSync(join(installation().root, `logs/health/health-check-${dayOf(new Date())}.log`), "utf8");
      const lines = log
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line) as { check?: string; status?: string });
      expect(lines.findLast(({ check }) => check === "n8n readiness")).toMatchObject({ status: "healthy", level: 30 });
      const secrets = Object.entries(installation().env("staging")).filter(([name, value]) => isSecret(name, value));
      expect(secrets.length).toBeGreaterThan(10);
      const leaked = secrets.filter(([, value]) => `${stdout}${stderr}${log}`.includes(value)).map(([name]) => name);
      expect(leaked).toEqual([]);
    });
  });
}

/** One line each, so that a failed test says which. */
function problemsOf({ checks }: Pick<Report, "checks">): string[] {
  return checks
    .filter(({ status }) => status !== "healthy")
    .map(({ name, status, seen }) => `${name}: ${status}, ${seen}`);
}
