import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connectEngine, type Engine, exec, sourceRoot } from "@understudy/core";
import type { Workflow } from "@understudy/n8n";
import { expect } from "vitest";
import { parse } from "yaml";
import { finished, type TestInstallation, type VerbResult } from "../../../deploy/test/support/installation.ts";
import type { TestResult, WorkflowReport } from "../../src/workflows/report.ts";
import { TestN8n } from "./workflow-n8n.ts";

const verb = join(sourceRoot, "packages/health/src/cli/test-workflows.ts");

/** A deployed staging, and what tests of workflow tests do with it. */
export class WorkflowStage {
  readonly installation: Pick<TestInstallation, "root" | "env">;
  readonly engine: Engine;
  readonly n8n: TestN8n;
  /** Of n8n, as people reach it. */
  readonly url: string;
  readonly #project: string;
  readonly #roots: string[] = [];
  readonly #made: string[] = [];
  readonly #printed: string[] = [];

  private constructor(installation: Pick<TestInstallation, "root" | "env">, engine: Engine) {
    const { project, environments } = parse(readFileSync(join(installation.root, "understudy.yml"), "utf8"));
    this.installation = installation;
    this.engine = engine;
    this.url = `http://localhost:${5678 + (environments.staging.portOffset ?? 0)}`;
    this.n8n = new TestN8n(this.url, installation.env("staging").N8N_API_KEY ?? "");
    this.#project = project;
  }

  static async open(installation: Pick<TestInstallation, "root" | "env">): Promise<WorkflowStage> {
    return new WorkflowStage(installation, await connectEngine("local"));
  }

  async close(): Promise<void> {
    for (const root of this.#roots) rmSync(root, { recursive: true, force: true });
    await this.engine.close();
  }

  /** Another installation of the same stack, with workflow tests of its own. `change` is for its settings and values. */
  checks(definitions: string, change: (file: string, text: string) => string = (_, text) => text): string {
    const root = mkdtempSync(join(tmpdir(), "understudy-workflows-"));
    this.#roots.push(root);
    for (const file of ["understudy.yml", ".env.staging"]) {
      const text = readFileSync(join(this.installation.root, file), "utf8");
      writeFileSync(join(root, file), change(file, text), { mode: 0o600 });
    }
    mkdirSync(join(root, "checks/workflows"), { recursive: true });
    writeFileSync(join(root, "checks/workflows/own.yml"), definitions);
    return root;
  }

  start(root: string, ...flags: string[]): ChildProcess {
    const env = { ...process.env, UNDERSTUDY_ROOT: root, NO_COLOR: "1" };
    return spawn(process.execPath, [verb, ...flags], { env, cwd: root, stdio: ["ignore", "pipe", "pipe"] });
  }

  async run(root: string, ...flags: string[]): Promise<VerbResult> {
    const result = await finished(this.start(root, ...flags));
    this.#printed.push(result.stdout, result.stderr);
    return result;
  }

  async report(root: string, ...flags: string[]): Promise<WorkflowReport> {
    const { stdout, stderr } = await this.run(root, ...flags, "--json");
    const report = JSON.parse(stdout) as WorkflowReport;
    if (!report.tests) throw new Error(stdout + stderr);
    return report;
  }

  /** The result of the one test that a definition has. */
  async test(definition: string): Promise<TestResult> {
    const name = /name: ([^,\n}]+)/.exec(definition)?.[1]?.trim() ?? "";
    const { tests } = await this.report(this.checks(definition), "--only", name);
    const [result] = tests;
    if (!result) throw new Error("no result");
    return result;
  }

  /** Make a workflow that goes when the test ends. */
  async create(...[workflow, active]: Parameters<TestN8n["create"]>): Promise<Workflow> {
    const created = await this.n8n.create(workflow, active);
    this.#made.push(created.id);
    return created;
  }

  async removeMade(): Promise<void> {
    for (const id of this.#made.splice(0)) await this.n8n.remove(id);
  }

  /** What a statement prints, as the superuser. */
  async sql(database: string, text: string): Promise<string> {
    const command = ["psql", "-U", "postgres", "-d", database, "-v", "ON_ERROR_STOP=1", "-tA"];
    const postgres = `${this.#project}-staging-postgres`;
    const { exitCode, stdout, stderr } = await exec(this.engine, postgres, command, { stdin: text });
    if (exitCode !== 0) throw new Error(stderr);
    return stdout.trim();
  }

  /** The copies of workflows that are in n8n now. */
  async copies(): Promise<Workflow[]> {
    return (await this.n8n.list()).filter(({ name }) => name.startsWith("understudy test:"));
  }

  catchers() {
    return this.engine.docker.listContainers({ filters: { label: ["understudy.workflow-test"] } });
  }

  async expectNothingLeft(): Promise<void> {
    expect((await this.copies()).map(({ name }) => name)).toEqual([]);
    const { data } = await this.n8n.call<{ data: { name: string }[] }>("GET", "/credentials");
    expect(data.filter(({ name }) => name.startsWith("understudy"))).toEqual([]);
    const tables = "SELECT count(*) FROM pg_tables WHERE starts_with(tablename, 'understudy_test')";
    expect(await this.sql("app", tables)).toBe("0");
    const agents = "SELECT count(*) FROM agents WHERE starts_with(name, 'understudy-test') AND NOT is_deleted";
    expect(await this.sql("letta", agents)).toBe("0");
    await expect.poll(() => this.catchers(), { timeout: 10_000 }).toEqual([]);
  }

  /** Everything that any run has printed or logged. */
  told(): { printed: string; logged: string } {
    const logged = this.#roots.flatMap((root) => {
      const folder = join(root, "logs/testing");
      return existsSync(folder) ? readdirSync(folder).map((file) => readFileSync(join(folder, file), "utf8")) : [];
    });
    return { printed: this.#printed.join("\n"), logged: logged.join("\n") };
  }
}
