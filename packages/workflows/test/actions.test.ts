import { execFileSync, spawn } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sourceRoot } from "@understudy/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { launcherShim } from "../../../test/docs/launcher-shim.ts";
import { createInstallation, finished, type TestInstallation } from "../../deploy/test/support/installation.ts";
import { N8nStage } from "./support/n8n-stage.ts";

interface Action {
  readonly jobs: Record<string, { readonly steps: readonly { readonly name?: string; readonly run?: string }[] }>;
}

const action = parse(readFileSync(join(sourceRoot, ".github/workflows/prod-sync.yml"), "utf8")) as Action;
const scripts = (action.jobs.sync?.steps ?? []).flatMap(({ run }) => (run ? [run] : []));

/** Its steps, as a runner runs them, in a clone of a bare remote; `gh` alone is written down instead of called. */
describe(".github/workflows/prod-sync.yml", () => {
  let stage: N8nStage;
  let installation: TestInstallation;
  let place = "";
  let url = "";
  const git = (folder: string, ...args: string[]) =>
    execFileSync("git", ["-C", folder, ...args], { encoding: "utf8" }).trim();
  const bare = () => join(place, "remote.git");
  const called = () => readFileSync(join(place, "gh.log"), "utf8").trim().split("\n");

  beforeAll(async () => {
    stage = await N8nStage.open();
    await using database = await stage.database("prod");
    await database.query(
      `INSERT INTO workflow_entity (id, name, active, nodes, connections, settings, "versionId")
       VALUES ('w1', 'Orders "new" 🚀', false, '[]', '{}', '{}', gen_random_uuid())`,
    );
    url = stage.url("prod");
    place = mkdtempSync(join(tmpdir(), "understudy-action-"));
    git(place, "init", "--quiet", "--bare", "--initial-branch", "main", bare());
    installation = createInstallation("environments:\n  production: { kind: production }\n");
    const { root } = installation;
    installation.write("understudy", launcherShim());
    chmodSync(join(root, "understudy"), 0o755);
    installation.write(".gitignore", ".understudy/\nlogs/\n");
    git(root, "init", "--quiet", "--initial-branch", "main");
    git(root, "add", "--all");
    git(root, "-c", "user.name=T", "-c", "user.email=t@example.com", "commit", "--quiet", "-m", "first");
    git(root, "remote", "add", "origin", bare());
    git(root, "push", "--quiet", "origin", "main");
    writeFileSync(
      join(place, "gh"),
      `#!/bin/sh\necho "$*" >> '${place}/gh.log'\ncase "$*" in "pr view"*) cat '${place}/state' 2>/dev/null ;; esac\n`,
    );
    chmodSync(join(place, "gh"), 0o755);
  });

  afterAll(async () => {
    await installation[Symbol.asyncDispose]();
    await stage[Symbol.asyncDispose]();
    rmSync(place, { recursive: true, force: true });
  });

  const run = async (script: string) => {
    const env = {
      ...process.env,
      ...{ UNDERSTUDY_ROOT: installation.root, NO_COLOR: "1", PATH: `${place}:${process.env.PATH}` },
      ...{ PROD_DATABASE_URL: url, PROD_SUPABASE_URL: "", PROD_SUPABASE_SERVICE_KEY: "", DAYS: "7" },
    };
    const child = spawn("bash", ["--noprofile", "--norc", "-eo", "pipefail", "-c", script], {
      cwd: installation.root,
      env,
    });
    const result = await finished(child);
    expect(result.exitCode, result.stdout + result.stderr).toBe(0);
  };

  it("pushes what was changed, and opens a pull request; the second time it brings its text up to date", async () => {
    for (const script of scripts) await run(script);
    const pushed = git(bare(), "ls-tree", "-r", "--name-only", "prod-sync");
    expect(pushed).toMatch(/workflows\/migrations\/\d{14}_prod_sync_orders_new\.sql/);
    expect(git(bare(), "ls-tree", "-r", "--name-only", "main")).not.toContain("migrations");
    expect(called().at(-1)).toBe(
      "pr create --head prod-sync --title Sync 1 workflow from production --body-file pull-request.md",
    );
    const commit = git(bare(), "rev-parse", "prod-sync");
    writeFileSync(join(place, "state"), "OPEN\n");
    for (const script of scripts) await run(script);
    expect(git(bare(), "rev-parse", "prod-sync")).toBe(commit);
    expect(called().at(-1)).toMatch(/^pr edit prod-sync /);
  });

  it("does nothing once that is merged", async () => {
    git(installation.root, "merge", "--quiet", "--ff-only", "prod-sync");
    const before = called().length;
    for (const script of scripts) await run(script);
    expect(called()).toHaveLength(before);
  });
});
