import { execFileSync, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { basename, join } from "node:path";
import { sourceRoot } from "@understudy/core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { readCommandLine, readCronCommand } from "../../core/src/schedule/testing.ts";
import {
  createInstallation,
  finished,
  type TestInstallation,
  type VerbResult,
} from "../../deploy/test/support/installation.ts";
import type { ChangeReport, ScheduleReport } from "../src/schedule/schedule.ts";

const settings = "environments:\n  staging: { kind: staging }\n  production: { kind: production }\n";

/** Everything that has a meaning to a shell, to systemd or to cron. */
const oddName = `it's 100% "odd" $HOME; & #1`;

let folder: string;
let installation: TestInstallation;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "understudy-schedule-"));
  const before = process.env.TMPDIR;
  process.env.TMPDIR = join(folder, oddName);
  mkdirSync(process.env.TMPDIR);
  installation = createInstallation(settings);
  if (before === undefined) delete process.env.TMPDIR;
  else process.env.TMPDIR = before;
});
afterAll(async () => {
  await installation[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

describe("systemd", () => {
  let files: Map<string, string>;
  let units: string;
  beforeAll(async () => {
    const flags = ["--with", "systemd", "--dry-run", "--only", "monitor,weekly"];
    const { steps, jobs } = await installation.json<ChangeReport>("schedule:install", ...flags);
    expect(jobs.map(({ job, found }) => [job, found])).toEqual([
      ["monitor", "absent"],
      ["weekly", "absent"],
    ]);
    files = new Map(steps.flatMap((step) => ("write" in step ? [[basename(step.write), step.text] as const] : [])));
    units = mkdtempSync(join(folder, "units-"));
    for (const [name, text] of files) writeFileSync(join(units, name), text);
  });

  it("takes every unit without a word, and would not take a wrong one", () => {
    const prefix = `understudy-${installation.project}-staging`;
    expect([...files.keys()]).toEqual([
      `${prefix}-monitor.service`,
      `${prefix}-weekly.timer`,
      `${prefix}-weekly.service`,
    ]);
    expect(verify(units)).toBe("");
    const wrong = mkdtempSync(join(folder, "wrong-"));
    const spoil = (text: string) => text.replace(/ExecStart=\S+/, "ExecStart=/nothing/there").replace("04:00", "25:00");
    for (const [name, text] of files) writeFileSync(join(wrong, name), spoil(text));
    const complaints = verify(wrong);
    expect(complaints).toContain("/nothing/there is not executable");
    expect(complaints).toContain("Failed to parse calendar specification");
  });

  it("starts a monitor, which says what it lacks", async () => {
    const { exitCode, stderr } = await start("monitor");
    expect(stderr).toMatch(/error: staging is not deployed\. Deploy it: pnpm deploy:staging/);
    expect(exitCode).toBe(1);
  });

  it("starts the weekly job, which reports, cleans up and ends with what it found", async () => {
    installation.write("logs/health/kept.log", "");
    const { exitCode, stdout, stderr } = await start("weekly");
    expect(stdout).toMatch(/^staging: nothing to remove$/m);
    const [, file = ""] = /^health:check ended with 1, see (.*)$/m.exec(stderr) ?? [];
    expect(readFileSync(file, "utf8")).toMatch(/staging is not deployed/);
    expect(file).toMatch(/\/logs\/health\/health-report-staging-\d{8}\.log$/);
    expect(exitCode).toBe(1);
  });

  it.skipIf(existsSync("/run/systemd/system"))("is refused where it does not run", async () => {
    const { exitCode, stderr } = await installation.run("schedule:install", "--with", "systemd");
    expect(exitCode).toBe(1);
    expect(stderr).toBe("error: systemd does not run on this machine. Use --with cron\n");
  });

  /** Run a service's ExecStart with nothing but what systemd gives it. */
  function start(job: string): Promise<VerbResult> {
    const text = files.get(`understudy-${installation.project}-staging-${job}.service`) ?? "";
    const values = (name: string) =>
      [...text.matchAll(new RegExp(`^${name}=(.*)$`, "gm"))].map(([, value]) => value ?? "");
    const [program = "", ...args] = readCommandLine(values("ExecStart")[0] ?? "");
    const variables = values("Environment").map(
      (line) => readCommandLine(line)[0]?.split(/=(.*)/s, 2) as [string, string],
    );
    const path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin";
    const env = { PATH: path, LANG: "C.UTF-8", ...Object.fromEntries(variables) };
    return finished(spawn(program, args, { env, cwd: "/", stdio: ["ignore", "pipe", "pipe"] }));
  }
});

const reason = whyNoCrontab();
if (reason) console.warn(`SKIPPED, cron: ${reason}`);

// A crontab of the test's own: the real programs in a mount namespace, so that nobody's jobs change.
describe.skipIf(reason && !process.env.CI)("cron", () => {
  let spool: string;
  beforeEach(() => {
    spool = mkdtempSync(join(folder, "spool-"));
    execFileSync("chgrp", ["crontab", spool]);
    execFileSync("chmod", ["1730", spool]);
  });

  const theirs = "# mine\nMAILTO=\"\"\n*/5 * * * * echo '100\\%' > /dev/null\n";

  it("gets the jobs below what was there, once, and loses them again", async () => {
    await inSpool(["crontab", "-"], theirs);
    const first = await verb<ChangeReport>("schedule:install");
    expect(first).toMatchObject({ environment: "staging", scheduler: "cron", steps: [{ run: ["crontab", "-"] }] });
    expect(JSON.stringify(first)).not.toContain("# mine");
    const installed = await crontab();
    expect(installed.startsWith(theirs)).toBe(true);
    expect((await verb<ChangeReport>("schedule:install")).steps).toEqual([]);
    await verb("health:install", "--production");
    expect(await found()).toMatchObject({ monitor: "current", weekly: "current" });
    expect(await found("--production")).toMatchObject({ monitor: "current", weekly: "absent" });
    expect((await verb<ChangeReport>("schedule:remove", "--production")).steps).toHaveLength(1);
    expect(await crontab()).toBe(installed);
    await verb("schedule:remove", "--only", "monitor");
    expect(await found()).toMatchObject({ monitor: "absent", weekly: "current" });
    await verb("schedule:remove");
    expect(await crontab()).toBe(theirs);
    const trail = installation.read("logs/audit.jsonl");
    for (const what of ["schedule:install", "health:install", "schedule:remove"]) expect(trail).toContain(`"${what}"`);
  });

  it("keeps what was changed by hand, unless told", async () => {
    await verb("schedule:install");
    const installed = await crontab();
    const edited = installed.replace("0 4 * * 0", "30 5 * * 0");
    await inSpool(["crontab", "-"], edited);
    expect(await found()).toMatchObject({ monitor: "current", weekly: "edited" });
    const refused = await run("schedule:install");
    expect(refused.exitCode).toBe(1);
    expect(refused.stderr).toMatch(/weekly of staging was changed by hand.*There is no terminal to ask on.*--yes/);
    expect(await crontab()).toBe(edited);
    await verb("schedule:install", "--yes");
    expect(await crontab()).toBe(installed);
  });

  it("starts the jobs as they are meant", async () => {
    await verb("schedule:install");
    const lines = (await crontab()).split("\n").filter((line) => line && !line.startsWith("#"));
    const line = (verb: string) => lines.find((one) => one.includes(verb)) ?? verb;
    const [monitor, weekly] = await Promise.all([line("health:monitor"), line("cleanup")].map(startAsCron));
    expect(monitor?.stderr).toMatch(/error: staging is not deployed/);
    expect(monitor?.exitCode).toBe(1);
    expect(weekly?.stderr).toMatch(/health:check ended with 1, see /);
    expect(weekly?.stdout).toMatch(/staging: nothing to remove/);
    expect(readdirSync(join(installation.root, "logs/health")).join()).toMatch(/health-report-staging-\d{8}\.log/);
  });

  it("that is not there is missed in one line", async () => {
    const env = { UNDERSTUDY_ROOT: installation.root, PATH: "/nowhere", HOME: homedir() };
    const { exitCode, stderr } = await finished(
      spawn(process.execPath, [script("schedule:install"), "--with", "cron"], {
        env,
        stdio: ["ignore", "pipe", "pipe"],
      }),
    );
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^error: cron is not on this machine\. Install cron .*\n$/);
  });

  async function verb<T>(name: string, ...flags: readonly string[]): Promise<T> {
    const { exitCode, stdout, stderr } = await run(name, ...flags, "--json");
    if (exitCode !== 0) throw new Error(`${name} ended with ${exitCode}: ${stderr}`);
    return JSON.parse(stdout) as T;
  }

  function run(name: string, ...flags: readonly string[]): Promise<VerbResult> {
    return inSpool([process.execPath, script(name), "--with", "cron", ...flags]);
  }

  async function crontab(): Promise<string> {
    return (await inSpool(["crontab", "-l"])).stdout;
  }

  async function found(...flags: readonly string[]): Promise<Record<string, string>> {
    const { jobs } = await verb<ScheduleReport>("schedule:list", ...flags);
    return Object.fromEntries(jobs.map((job) => [job.job, job.found]));
  }

  function inSpool(command: readonly string[], input = ""): Promise<VerbResult> {
    const mount = 'mount --bind "$0" /var/spool/cron/crontabs && exec "$@"';
    const env = { ...process.env, UNDERSTUDY_ROOT: installation.root };
    const child = spawn("unshare", ["--mount", "sh", "-c", mount, spool, ...command], { env });
    child.stdin.end(input);
    return finished(child);
  }
});

/** What is wrong with the units of a folder, in systemd's words. */
function verify(units: string): string {
  const paths = readdirSync(units).map((name) => join(units, name));
  const { error, stderr } = spawnSync("systemd-analyze", ["verify", "--man=no", "--recursive-errors=no", ...paths]);
  if (error) throw error;
  return stderr.toString();
}

/** Run a crontab's line with nothing but what cron gives it. */
function startAsCron(line: string): Promise<VerbResult> {
  const env = { PATH: "/usr/bin:/bin", SHELL: "/bin/sh", HOME: homedir(), LOGNAME: "somebody" };
  return finished(
    spawn("/bin/sh", ["-c", readCronCommand(line)], { env, cwd: homedir(), stdio: ["ignore", "pipe", "pipe"] }),
  );
}

function whyNoCrontab(): string | undefined {
  if (process.getuid?.() !== 0) return "a mount namespace needs root";
  return existsSync("/usr/bin/crontab") ? undefined : "there is no crontab: ./understudy test installs it";
}

function script(verb: string): string {
  return join(sourceRoot, `packages/health/src/cli/${verb.replace(":", "-")}.ts`);
}
