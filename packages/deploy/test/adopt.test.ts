import { existsSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { AdoptReport } from "../src/adoption/report.ts";
import type { planReport } from "../src/report/deploy-report.ts";
import { ComposeProduction, shopSecrets } from "./support/compose-production.ts";
import { startLoad } from "./support/edge-load.ts";
import type { VerbResult } from "./support/installation.ts";
import { answers, PromotionStage } from "./support/promotion-stage.ts";
import { secretsInFiles } from "./support/secrets.ts";
import { edit } from "./support/tiny-stack.ts";

const compose = "compose/docker-compose.yml";

// One story of one production: each part goes on from the one before.
describe("a production that Docker Compose started", () => {
  let stage: PromotionStage;
  let shop: ComposeProduction;
  /** Containers, when they started, their processes: none of it may change. */
  let running: Record<string, string>;
  let envFile: string;
  /** Everything that was printed. */
  let said = "";

  beforeAll(async () => {
    const install = async (prepared: PromotionStage) => {
      shop = new ComposeProduction(prepared);
      await shop.start();
    };
    stage = await PromotionStage.prepare(install, { production: "shop" });
    envFile = join(stage.installation.root, ".env.production");
    await vi.waitFor(async () => expect(await stage.serves()).toBe(answers.first), { timeout: 120_000, interval: 250 });
    running = await shop.running();
  });
  afterAll(async () => {
    shop?.[Symbol.dispose]();
    await stage?.[Symbol.asyncDispose]();
  });

  it.each<[what: string, change: () => void, undo: () => void, why: string, flags?: string[]]>([
    [
      "is not the one asked for",
      () => {},
      () => {},
      "Docker Compose runs no project nobodys",
      ["--project", "nobodys"],
    ],
    [
      "stands still in part",
      () => shop.compose("pause", "page"),
      () => shop.compose("unpause", "page"),
      "service page does not run",
    ],
    [
      "runs a service twice",
      () => shop.compose("up", "-d", "--no-recreate", "--scale", "page=2", "page"),
      () => shop.compose("up", "-d", "--no-recreate", "--scale", "page=1", "page"),
      "service page has 2 containers",
    ],
    [
      "lacks a service",
      () => edit(stage.installation, compose, "\nnetworks:", "\n  extra: { image: haproxy:3.0.11 }\n\nnetworks:"),
      () => stage.git("checkout", "--quiet", "."),
      "service extra has no container",
    ],
    [
      "has its data elsewhere",
      () => moveData(),
      () => stage.git("checkout", "--quiet", "."),
      "Data would be left behind: postgres has volume",
    ],
    [
      "has other settings than a file says",
      () => writeFileSync(envFile, "APP_DB_PASSWORD=somethingelse\n", { mode: 0o600 }),
      () => rmSync(envFile),
      "has other values than what runs: APP_DB_PASSWORD",
    ],
    ["has another name", () => {}, () => {}, 'write "stack: '],
  ])("is refused when it %s, and left alone", async (_, change, undo, why, flags = []) => {
    change();
    const result = await adopt("--project", shop.project, "--yes", ...flags);
    undo();
    expect(result).toMatchObject({ exitCode: 1, stderr: expect.stringContaining(why) });
    expect(await shop.running()).toEqual(running);
    expect([".env.production", ".understudy/pulumi"].filter(exists)).toEqual([]);
  });

  it("is shown with what differs, and nothing is changed", async () => {
    const { installation } = stage;
    edit(installation, "understudy.yml", "production: { kind", `production: { stack: ${shop.project}, kind`);
    stage.commit("stack");
    const report = JSON.parse((await adopt("--dry-run", "--json")).stdout) as AdoptReport;
    expect(report).toMatchObject({
      project: shop.project,
      result: "planned",
      others: [`${shop.project}_old-cron_1`],
      settings: { file: ".env.production", derived: ["APP_DB_PASSWORD", "POSTGRES_PASSWORD"], missing: [] },
      first: null,
    });
    expect(report.differences.map(({ text }) => text)).toEqual([
      "postgres: restart policy unless-stopped → no, container changed in place",
      "app: environment (LOUD), container replaced, briefly down",
    ]);
    expect([".env.production", ".understudy/pulumi"].filter(exists)).toEqual([]);
    expect(await shop.running()).toEqual(running);
  });

  it("is taken over while it serves, after a first try that was killed", async () => {
    const { installation } = stage;
    const loads = [startLoad(stage.url("app")), startLoad(stage.url("page"))];
    const killed = await installation.during(
      ["adopt", "--yes"],
      () => installation.steps("production").includes("state"),
      (pid) => process.kill(-pid, "SIGKILL"),
    );
    expect(killed).toBeDefined();
    const result = await adopt("--yes", "--json");
    const [app, page] = await Promise.all(loads.map((load) => load.stop()));
    expect({ code: result.exitCode, stderr: result.exitCode ? result.stderr : "" }).toEqual({ code: 0, stderr: "" });
    expect(app?.failed.concat(page?.failed ?? [])).toEqual([]);
    expect(app?.acknowledged.length).toBeGreaterThan(0);
    expect(await stage.notes()).toEqual(expect.arrayContaining([...(app?.acknowledged ?? [])]));
    expect(await shop.running()).toEqual(running);

    expect(statSync(envFile).mode & 0o777).toBe(0o600);
    expect(installation.env("production")).toMatchObject(shopSecrets);
    expect(await adopt("--yes")).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining("production is ours already"),
    });
  });

  it("is known from then on, and only what differs is to be changed", async () => {
    const { installation } = stage;
    const { release, services } = await installation.json<{
      release: string;
      services: { name: string; state: string }[];
    }>("status", "--production");
    expect(services.map(({ name }) => name)).toEqual(["app", "haproxy", "old-cron", "page", "postgres"]);
    const { plan } = await installation.json<ReturnType<typeof planReport>>("deploy:production", "--dry-run");
    expect(plan.map(({ name, action }) => [name, action])).toEqual([
      ["postgres", "update"],
      ["app", "replace"],
    ]);
    const { releases } = await installation.json<{ releases: object[] }>("releases", "--production");
    expect(releases[0]).toMatchObject({ verb: "adopt", release, result: "succeeded", current: true });
  });

  it("told nobody its secrets", () => {
    const found = secretsInFiles(stage.installation, Object.values(shopSecrets));
    expect([...found].filter(([, secrets]) => secrets.length)).toEqual([]);
    expect(Object.values(shopSecrets).filter((secret) => said.includes(secret))).toEqual([]);
  });

  async function adopt(...flags: string[]): Promise<VerbResult> {
    const result = await stage.installation.run("adopt", "--production", ...flags);
    said += result.stdout + result.stderr;
    return result;
  }

  function exists(file: string): boolean {
    return existsSync(join(stage.installation.root, file));
  }

  function moveData(): void {
    edit(stage.installation, compose, "postgres-data:/var", "other:/var");
    edit(stage.installation, compose, "postgres-data: {}", "postgres-data: {}\n  other: {}");
  }
});
