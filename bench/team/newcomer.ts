import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { connectEngine, sourceRoot } from "../../packages/core/src/index.ts";
import { removeProject } from "../../packages/deploy/test/support/installation.ts";
import type { ExportReport } from "../../packages/team/src/export/team-export.ts";
import { measure } from "../deploy/measure.ts";
import { filledStaging, stagingSettings } from "./filled-staging.ts";
import { type Setting, table, tenth } from "./setting.ts";

/** The commands of docs/team-new-developer.md, in its order. */
const steps = [
  ["set up and deploy", "./understudy --yes deploy:staging --env laptop"],
  ["take over the team's key", "./understudy team:key --use < ../team.key"],
  ["take over a teammate's data", "./understudy team:import --yes"],
] as const;

/** A new developer, from a clone to running with a teammate's data: nothing is in the cache; images that the engine has are not made again. */
export async function newcomer({ sizes: [size = 20], say }: Setting): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "understudy-newcomer-"));
  const clone = join(folder, "clone");
  const project = `ust-${Math.random().toString(36).slice(2, 8)}`;
  try {
    const archive = await fromTeammate(folder, size, say);
    const lines: [string, string][] = [];
    const take = async (what: string, command: string, cwd: string) => {
      say(what);
      const env = { UNDERSTUDY_CACHE: join(folder, "cache"), UNDERSTUDY_ROOT: undefined };
      const { took } = await measure({ program: "bash", args: ["-c", command], env, cwd });
      lines.push([what, tenth(took / 1_000)]);
      return took / 1_000;
    };
    let seconds = await take("git clone", `git clone --quiet '${sourceRoot}' clone`, folder);
    writeFileSync(join(clone, "understudy.yml"), `project: ${project}\n${stagingSettings(29_000)}`);
    mkdirSync(join(clone, "team-sync-exports"));
    copyFileSync(archive, join(clone, "team-sync-exports", basename(archive)));
    for (const [what, command] of steps) seconds += await take(what, command, clone);
    return [
      "### A new developer, from a clone to running with a teammate's data",
      "",
      `Nothing in the cache; the engine and its images are there. ${tenth(seconds / 60)} minutes in all, once; the aim is 15, with the images made too.`,
      "",
      table(["", "s"], lines),
    ].join("\n");
  } finally {
    await using engine = await connectEngine("local");
    await removeProject(engine, project);
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What a teammate gives: the team's key, and an archive. @returns the archive's file */
async function fromTeammate(folder: string, size: number, say: (line: string) => void): Promise<string> {
  await using teammate = await filledStaging(size, say);
  const { archive } = await teammate.json<ExportReport>("team:export");
  copyFileSync(join(teammate.root, ".understudy/team.key"), join(folder, "team.key"));
  const given = join(folder, basename(archive));
  copyFileSync(archive, given);
  return given;
}
