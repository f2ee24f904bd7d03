import { cpSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { connectEngine, type Engine } from "@understudy/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { finished, type TestInstallation } from "../../../deploy/test/support/installation.ts";
import { commandLines, secretsInFiles } from "../../../deploy/test/support/secrets.ts";
import type { ListedBackup } from "../../src/list-backups.ts";
import type { PruneReport } from "../../src/prune-backups.ts";
import type { BackupReport } from "../../src/report/backup-report.ts";
import type { RestoreReport } from "../../src/restore-backup.ts";
import { OddData, person } from "./odd-data.ts";

/**
 * What backups promise, on an installation whose whole staging is deployed, and that has another one called `staging-2`. The
 * staging has more data afterwards, and is as healthy as before.
 * @param whole with what CI has no time for
 */
export function backupSuite(installed: () => TestInstallation, { whole = false } = {}): void {
  describe("backups", () => {
    let installation: TestInstallation;
    let engine: Engine;
    let data: OddData;
    let first: BackupReport;
    let present: string;
    let before: string;
    let changed: string;
    const seen = new Set<string>();

    beforeAll(async () => {
      installation = installed();
      engine = await connectEngine("local");
      data = new OddData(engine, installation);
      const settings = installation.read("understudy.yml");
      installation.write("understudy.yml", `${settings}backup: { repository: "${installation.root}/repository" }\n`);
      await data.fill();
      before = await data.digest();
    });
    afterAll(() => engine?.close());

    const key = () => installation.read(".understudy/backup.key").trim();
    const restore = (id: string, ...flags: string[]) => installation.run("backup:restore", id, "--staging", ...flags);
    const refused = async (message: RegExp, exitCode: number, ...words: [string, ...string[]]) => {
      const said = await installation.run(...words);
      expect(said).toMatchObject({ exitCode, stderr: expect.stringMatching(message) });
      expect(said.stderr.trim().split("\n")).toHaveLength(1);
    };

    it("store all of it at one moment and prove it; a second one at the same time is refused", async () => {
      const child = installation.start("backup", "--staging", "--verify", "--json");
      const end = finished(child);
      const watching = watch(engine, seen, () => child.exitCode !== null);
      const lock = engine.docker.getContainer(`${installation.project}-staging-lock`);
      await expect
        .poll(
          () =>
            lock.inspect().then(
              () => true,
              () => false,
            ),
          { timeout: 30_000 },
        )
        .toBe(true);
      await refused(/^error: staging is locked by .*backup/, 1, "backup", "--staging");
      const { exitCode, stdout, stderr } = await end;
      await watching;
      expect(exitCode, stderr).toBe(0);
      first = JSON.parse(stdout) as BackupReport;
      expect(first).toMatchObject({
        environment: "staging",
        verified: true,
        proof: { result: "succeeded", problems: [] },
      });
      expect(first.databases.map(({ name }) => name)).toEqual(["app", "letta", "n8n", "odd", "openwebui"]);
      expect(first.databases.find(({ name }) => name === "odd")?.rows).toBeGreaterThan(900);
      expect(first.volumes).toEqual(expect.arrayContaining(["n8n-data", "neo4j-data"]));
      expect(first.proof?.services).toEqual(expect.arrayContaining(["n8n", "letta", "open-webui", "neo4j"]));
      expect(first.heldMs).toBeGreaterThan(0);
      // For docs/performance.md.
      console.log(JSON.stringify({ ...first, databases: [], volumes: [], checksums: {} }));
    });

    it("are listed, and health checks see them", async () => {
      const listed = await installation.json<ListedBackup[]>("backup:list", "--staging");
      expect(listed).toEqual([
        { id: first.id, environment: "staging", time: expect.any(String), verified: true, bytes: expect.any(Number) },
      ]);
      const { checks } = await installation.json<{ checks: { name: string; seen: string }[] }>(
        "health:check",
        "--staging",
      );
      expect(checks.find(({ name }) => name === "last backup")?.seen).toMatch(/^verified, /);
    });

    it("leave nothing of their trial behind, and no secret anywhere but in their key and the data", async () => {
      const names = (await engine.docker.listContainers({ all: true })).flatMap(({ Names }) => Names);
      expect(names.filter((name) => name.startsWith(`/${installation.project}-staging`))).toHaveLength(6);
      const { Volumes } = await engine.docker.listVolumes({
        filters: { label: [`understudy.incoming=${installation.project}-staging`] },
      });
      expect(Volumes ?? []).toEqual([]);
      const { POSTGRES_PASSWORD = "", N8N_ENCRYPTION_KEY = "" } = installation.env("staging");
      const secrets = [POSTGRES_PASSWORD, N8N_ENCRYPTION_KEY, key(), person];
      const found = [...secretsInFiles(installation, secrets)].filter(([, values]) => values.length);
      expect(found).toEqual([[join(installation.root, ".understudy/backup.key"), [key()]]]);
      expect(seen.size).toBeGreaterThan(100);
      expect([...seen].filter((text) => secrets.some((secret) => text.includes(secret)))).toEqual([]);
    });

    it("go back only to where they are from, and only whole parts that there are", async () => {
      const repository = join(installation.root, "repository", installation.project);
      cpSync(`${repository}-staging`, `${repository}-staging-2`, { recursive: true });
      const elsewhere = ["backup:restore", first.id, "--environment", "staging-2", "--yes"] as const;
      await refused(/is a backup of staging, not of staging-2\. .*pnpm sync:production$/m, 1, ...elsewhere);
      await refused(
        /^error: There is no backup "backup-1"\. The newest are: backup-/,
        2,
        "backup:restore",
        "backup-1",
        "--staging",
      );
      await refused(/"redis" is none of postgres, neo4j/, 2, "backup:restore", first.id, "--only", "redis");
      await refused(/no terminal|--yes/, 1, "backup:restore", first.id, "--staging");
      const own = installation.read(".understudy/backup.key");
      installation.write(".understudy/backup.key", `${"x".repeat(43)}\n`);
      await refused(/does not open with the key in \.understudy\/backup\.key/, 1, "backup:list", "--staging");
      installation.write(".understudy/backup.key", own);
      expect(await data.digest()).toBe(before);
    });

    it("bring everything back: rows, sequences, large objects, graph and files", async () => {
      await data.change();
      changed = await data.digest();
      expect(changed).not.toBe(before);
      const dry = await installation.json<RestoreReport>("backup:restore", first.id, "--staging", "--dry-run");
      expect(dry).toMatchObject({ restored: false, databases: expect.arrayContaining(["odd"]), present: null });
      expect(await data.digest()).toBe(changed);
      const report = await installation.json<RestoreReport>("backup:restore", first.id, "--staging", "--yes");
      expect(report).toMatchObject({ ...dry, restored: true, present: expect.stringMatching(/^backup-/) });
      present = report.present ?? "";
      expect(await data.digest()).toBe(before);
      expect(await installation.json("health:check", "--staging")).toMatchObject({ status: "healthy" });
    });

    if (whole)
      it("take a restore back, too", async () => {
        const { exitCode, stdout, stderr } = await restore(present, "--discard-present", "--yes");
        expect(exitCode, stderr).toBe(0);
        expect(stdout).toMatch(/^staging is back to .*databases app, letta, n8n, odd, openwebui; volumes /);
        expect(await data.digest()).toBe(changed);
        expect(await installation.json("health:check", "--staging")).toMatchObject({ status: "healthy" });
      });

    it("are pruned by age, and never when a rollback point needs them", async () => {
      const settings = installation.read("understudy.yml");
      const few = "keep: { last: 1, daily: 0, weekly: 0, monthly: 0 }";
      installation.write("understudy.yml", settings.replace("backup: {", `backup: { ${few},`));
      const prune = (...flags: string[]) => installation.json<PruneReport>("backup:prune", "--staging", ...flags);
      const dry = await prune("--dry-run");
      expect(dry).toEqual({
        environment: "staging",
        dryRun: true,
        kept: [
          { id: present, why: "one of the newest" },
          { id: first.id, why: "the newest that was proven" },
        ],
        removed: [],
        freed: null,
      });
      installation.write(".understudy/points/rollback-20261121-020000/message.txt", `backup: ${present}\n`);
      expect((await prune("--dry-run")).kept[0]?.why).toBe("rollback point rollback-20261121-020000 needs it");
      installation.write("understudy.yml", settings);
    });
  });
}

/** What others can see meanwhile: command lines, and what the engine tells of containers that are none of the stack's. */
async function watch({ docker }: Engine, seen: Set<string>, over: () => boolean): Promise<void> {
  while (!over()) {
    for (const line of commandLines()) seen.add(line);
    const tools = (await docker.listContainers({ filters: { status: ["running"] } })).filter(({ Image }) =>
      /toolbox/.test(Image),
    );
    for (const { Id } of tools) {
      const info = await docker
        .getContainer(Id)
        .inspect()
        .catch(() => undefined);
      const execs = await Promise.all(
        (info?.ExecIDs ?? []).map((id) =>
          docker
            .getExec(id)
            .inspect()
            .catch(() => undefined),
        ),
      );
      seen.add(JSON.stringify([info?.Config, info?.HostConfig, ...execs.map((one) => one?.ProcessConfig)]));
    }
    await sleep(50);
  }
}
