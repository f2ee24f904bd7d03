import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connectEngine, findInstallation, HostSession, Journal, label, writeFact } from "@understudy/core";
import { afterEach, describe, expect, it } from "vitest";
import { createInstallation, type TestInstallation } from "../../deploy/test/support/installation.ts";
import type { CleanupReport } from "../src/cleanup/cleanup.ts";

const settings = `retention: { logsDays: 7, releases: 2 }
environments:
  staging: { kind: staging }
  production: { kind: production }
`;

/** One installation a test; with it go its containers, and its images here. */
let installation: TestInstallation;
const images: string[] = [];
afterEach(async () => {
  await installation[Symbol.asyncDispose]();
  const left = images.splice(0).filter(exists);
  if (left.length) docker("rmi", "-f", ...left);
});

describe("staging and production on one host", () => {
  it("staging's clean-up leaves what production can go back to", async () => {
    installation = createInstallation(settings);
    const { project } = installation;
    git("init", "-q");
    git("commit", "-q", "--allow-empty", "-m", "start");
    for (const n of [0, 1, 2, 3, 4, 5, 6, 7]) record(n, { [`${project}/app:${n}`]: makeImage(`app:${n}`) });
    deployed("staging", 0, 1, 2, 3, 4, 5, 6, 7);
    deployed("production", 1, 5);
    const message = `{"release":"${release(2)}","backup":"b-1"}`;
    git("tag", "-a", "rollback-20261001-120000", "-m", message);
    // Its tag was deleted, and can be made again.
    installation.write(".understudy/points/rollback-20260901-120000/message.txt", `release: ${release(0)}\n`);
    installation.write(".understudy/backups/b-3/manifest.json", JSON.stringify({ release: release(3) }));

    const planned = await installation.json<CleanupReport>("cleanup", "--staging", "--dry-run");
    expect(imagesLeft()).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    const report = await installation.json<CleanupReport>("cleanup", "--staging", "--yes");
    expect(report).toEqual({ ...planned, removed: report.removed });
    // Old builds without a name, of whatever ran here before, go as well.
    const named = report.removed.filter(({ name }) => !/^[0-9a-f]{12}$/.test(name));
    expect(named.map(({ kind, name }) => `${kind} ${name}`)).toEqual([
      `image ${project}/app:4`,
      `release ${release(4)}`,
    ]);
    expect(report.bytes.image).toBeGreaterThan(0);
    expect(report.kept.filter(({ kind }) => kind === "release")).toEqual([
      { kind: "release", name: release(0), because: "rollback point rollback-20260901-120000 needs it" },
      { kind: "release", name: release(2), because: "rollback point rollback-20261001-120000 needs it" },
      { kind: "release", name: release(3), because: "backup b-3/manifest.json needs it" },
    ]);
    expect(imagesLeft()).toEqual([0, 1, 2, 3, 5, 6, 7]);
    expect(readdirSync(join(installation.root, ".understudy/releases"))).toEqual([0, 1, 2, 3, 5, 6, 7].map(release));
    expect(installation.read("logs/audit.jsonl")).toContain(`${project}/app:4`);

    const again = await installation.json<CleanupReport>("cleanup", "--staging", "--yes");
    expect(again.removed).toEqual([]);
  });

  it("keeps images that a container, another name or another installation's stack needs, and removes old builds without a name", async () => {
    installation = createInstallation(settings);
    const { project } = installation;
    const used = makeImage("used:1");
    const renamed = makeImage("renamed:1");
    docker("tag", renamed, `${project}/theirs:1`);
    const shared = makeImage("shared:1");
    const theirs = makeImage("shared:2");
    const plain = makeImage("plain:1");
    const nameless = loadNameless(2);
    const fresh = loadNameless(0);
    const references = { used, renamed, shared, plain };
    for (const [name, id] of Object.entries(references))
      record(Object.keys(references).indexOf(name), { [`${project}/${name}:1`]: id });
    for (const n of [8, 9]) record(n, {});
    deployed("staging", 0, 1, 2, 3, 8, 9);
    container("somebody", used);
    container("elsewhere", theirs, "--label", `${label.stack}=${project}x-production`);

    const report = await installation.json<CleanupReport>("cleanup", "--yes");
    expect(report.removed.map(({ name }) => name)).toEqual(
      expect.arrayContaining([`${project}/plain:1`, release(3), nameless.slice(7, 19)]),
    );
    expect(report.removed.map(({ name }) => name)).not.toContain(fresh.slice(7, 19));
    const because = Object.fromEntries(report.kept.map(({ name, because: why }) => [name, why]));
    expect(because[`${project}/used:1`]).toBe(`container ${project}-somebody uses it`);
    expect(because[`${project}/renamed:1`]).toContain(`also called ${project}/theirs:1`);
    expect(because[`${project}/shared:1`]).toContain(`${project}x-production, of another installation`);
    expect(because[fresh.slice(7, 19)]).toBe("just built");
    for (const n of [0, 1, 2]) expect(because[release(n)]).toMatch(/^its image .* stays$/);
    for (const id of [used, renamed, shared, theirs, fresh]) expect(exists(id)).toBe(true);
    for (const id of [plain, nameless]) expect(exists(id)).toBe(false);
  });

  it("waits for a verb that is at work on the host", async () => {
    installation = createInstallation(settings);
    old("logs/staging/deploy-20260101.log");
    record(1, {});
    for (const n of [2, 3]) record(n, {});
    deployed("staging", 1, 2, 3);
    await using engine = await connectEngine("local");
    const environment = "production";
    const stackName = `${installation.project}-${environment}`;
    const lock = { stackName, environment, verb: "promote", image: "understudy/toolbox:17", wait: false };
    {
      await using _session = await HostSession.open(engine, lock);
      const { exitCode, stdout } = await installation.run("cleanup", "--yes");
      expect(exitCode).toBe(1);
      expect(stdout).toMatch(
        /1 log file .* removed\nReleases and images were left alone: promote of .* is at work on this host/,
      );
    }
    const { removed } = await installation.json<CleanupReport>("cleanup", "--yes");
    expect(removed.map(({ name }) => name)).toEqual([release(1)]);
  });
});

describe("logs", () => {
  it("go by their age, links are not followed, and other environments' and the audit trail stay", async () => {
    installation = createInstallation(settings);
    const outside = mkdtempSync(join(tmpdir(), "understudy-outside-"));
    writeFileSync(join(outside, "precious.log"), "");
    utimesSync(join(outside, "precious.log"), 0, 0);
    const gone = [
      "staging/deploy-1.log",
      "services/staging/n8n-1.log",
      "health/a.log",
      "testing/b.log",
      "images/c.log",
    ];
    const kept = ["production/deploy-1.log", "services/production/n8n-1.log", "audit.jsonl", "else/d.log"];
    for (const file of [...gone, ...kept]) old(`logs/${file}`);
    installation.write("logs/staging/deploy-2.log", "new");
    symlinkSync(join(outside, "precious.log"), join(installation.root, "logs/staging/link.log"));
    symlinkSync(outside, join(installation.root, "logs/staging/folder"));

    const { removed, bytes } = await installation.json<CleanupReport>("cleanup", "--staging", "--yes");
    expect(removed.map(({ name }) => name).sort()).toEqual(gone.map((file) => `logs/${file}`).sort());
    expect(bytes.log).toBeGreaterThan(0);
    for (const file of gone) expect(existsSync(join(installation.root, "logs", file)), file).toBe(false);
    for (const file of [...kept, "staging/deploy-2.log", "staging/link.log"])
      expect(existsSync(join(installation.root, "logs", file)), file).toBe(true);
    expect(existsSync(join(outside, "precious.log"))).toBe(true);
    rmSync(join(installation.root, "logs"), { recursive: true });
    symlinkSync(outside, join(installation.root, "logs"));
    mkdirSync(join(outside, "staging"));
    writeFileSync(join(outside, "staging/theirs.log"), "");
    utimesSync(join(outside, "staging/theirs.log"), 0, 0);
    expect((await installation.json<CleanupReport>("cleanup", "--staging", "--yes")).removed).toEqual([]);
    rmSync(outside, { recursive: true });
  });

  it("are not removed without a yes", async () => {
    installation = createInstallation(settings);
    old("logs/staging/deploy-1.log");
    const { exitCode, stderr } = await installation.run("cleanup");
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(
      /^error: Remove 1 log file .* of staging\? There is no terminal to ask on\. Run again with --yes/,
    );
    expect(existsSync(join(installation.root, "logs/staging/deploy-1.log"))).toBe(true);
  });

  it("go when the engine is down or git does not answer; then nothing else does, and it says so", async () => {
    installation = createInstallation(settings, { dockerHost: "unix:///nowhere/docker.sock" });
    old("logs/staging/deploy-1.log");
    for (const n of [1, 2, 3]) record(n, {});
    deployed("staging", 1, 2, 3);
    const down = await installation.run("cleanup", "--yes");
    expect(down.exitCode).toBe(1);
    expect(down.stdout).toMatch(
      /1 log file .* removed\nReleases and images were left alone: .*\/nowhere\/docker\.sock does not answer/,
    );
    expect(readdirSync(join(installation.root, ".understudy/releases"))).toHaveLength(3);
    const { root } = installation;
    // It has nothing on that engine to remove.
    installation = createInstallation(settings);
    rmSync(root, { recursive: true });
    for (const n of [1, 2, 3]) record(n, {});
    deployed("staging", 1, 2, 3);
    installation.write(".git/HEAD", "nonsense");
    const broken = await installation.run("cleanup", "--yes");
    expect(broken.exitCode).toBe(1);
    expect(broken.stdout).toMatch(/left alone: git does not tell the rollback points of/);
    expect(readdirSync(join(installation.root, ".understudy/releases"))).toHaveLength(3);
  });
});

// Without root nothing can be mounted. In CI it must run or fail.
describe.skipIf(process.getuid?.() !== 0 && !process.env.CI)("a full disk", () => {
  it("is cleaned up all the same", async () => {
    installation = createInstallation(settings);
    const { root } = installation;
    const text = installation.read("understudy.yml");
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", root]);
    try {
      installation.write("understudy.yml", text);
      installation.write("logs/staging/deploy-1.log", "x".repeat(300_000));
      utimesSync(join(root, "logs/staging/deploy-1.log"), 0, 0);
      spawnSync("dd", ["if=/dev/zero", `of=${join(root, "filler")}`, "bs=4k"]);
      expect(() => installation.write("more", "x")).toThrow(/ENOSPC/);
      const { removed, bytes } = await installation.json<CleanupReport>("cleanup", "--yes");
      expect(removed.map(({ name }) => name)).toEqual(["logs/staging/deploy-1.log"]);
      expect(bytes.log).toBeGreaterThanOrEqual(300_000);
      expect(installation.read("logs/audit.jsonl")).toContain('"cleanup"');
    } finally {
      execFileSync("umount", [root]);
    }
  });
});

function release(n: number): string {
  return `r-${"0".repeat(11)}${n}`;
}

/** Record a release with images by reference. */
function record(n: number, images: Readonly<Record<string, string>>): void {
  const resolved = Object.entries(images).map(([reference, id]) => [reference, { reference, id, identity: id }]);
  const text = JSON.stringify({ id: release(n), images: Object.fromEntries(resolved), files: {} });
  installation.write(`.understudy/releases/${release(n)}/release.json`, text);
}

/** As deploys one after another leave it. */
function deployed(environment: string, ...numbers: readonly number[]): void {
  const paths = findInstallation({ UNDERSTUDY_ROOT: installation.root });
  for (const n of numbers) {
    const journal = new Journal(paths, environment, "deploy:staging");
    journal.step("plan", { release: release(n) });
    journal.end("succeeded");
    writeFact(paths, environment, "release", { id: release(n) });
  }
}

function old(file: string): void {
  installation.write(file, "old\n");
  utimesSync(join(installation.root, file), 0, 0);
}

/** A tiny image of the project's, with its own content; its id. */
function makeImage(name: string): string {
  const folder = layer(name);
  const change = `LABEL org.opencontainers.image.title=${installation.project}-${name.split(":")[0]}`;
  const command = `tar -C '${folder}' -c . | docker import --change '${change}' - ${installation.project}/${name}`;
  const id = execFileSync("sh", ["-c", command]).toString().trim();
  rmSync(folder, { recursive: true });
  images.push(id);
  return id;
}

/** A build of ours that has lost its name, and is so many hours old; its id. */
function loadNameless(hours: number): string {
  const folder = layer(`nameless ${hours}`);
  const labels = { "org.opencontainers.image.title": installation.project, "understudy.recipe": "test" };
  const created = new Date(Date.now() - hours * 3_600_000).toISOString();
  execFileSync("tar", ["-C", folder, "-cf", join(folder, "layer.tar"), "content"]);
  const sum = createHash("sha256")
    .update(readFileSync(join(folder, "layer.tar")))
    .digest("hex");
  const config = {
    created,
    architecture: "amd64",
    os: "linux",
    config: { Labels: labels },
    rootfs: { type: "layers", diff_ids: [`sha256:${sum}`] },
  };
  writeFileSync(join(folder, "config.json"), JSON.stringify(config));
  writeFileSync(
    join(folder, "manifest.json"),
    JSON.stringify([{ Config: "config.json", RepoTags: null, Layers: ["layer.tar"] }]),
  );
  const command = `tar -C '${folder}' -c manifest.json config.json layer.tar | docker load -q`;
  const said = execFileSync("sh", ["-c", command]).toString();
  rmSync(folder, { recursive: true });
  const id = /sha256:[0-9a-f]{64}/.exec(said)?.[0] ?? said;
  images.push(id);
  return id;
}

function layer(content: string): string {
  const folder = mkdtempSync(join(tmpdir(), "understudy-layer-"));
  writeFileSync(join(folder, "content"), `${installation.project} ${content}`.repeat(1_000));
  return folder;
}

function container(name: string, image: string, ...flags: readonly string[]): void {
  docker("create", "--name", `${installation.project}-${name}`, ...flags, image, "true");
}

function imagesLeft(): number[] {
  const tags = docker("image", "ls", "--format", "{{.Tag}}", `${installation.project}/app`).split("\n");
  return tags.filter(Boolean).map(Number).sort();
}

function exists(image: string): boolean {
  return spawnSync("docker", ["image", "inspect", image], { stdio: "ignore" }).status === 0;
}

function docker(...args: readonly string[]): string {
  return execFileSync("docker", args, { stdio: "pipe" }).toString().trim();
}

function git(...args: readonly string[]): void {
  const identity = ["user.name=t", "user.email=t@example.org", "commit.gpgSign=false", "tag.gpgSign=false"];
  execFileSync("git", ["-C", installation.root, ...identity.flatMap((one) => ["-c", one]), ...args], { stdio: "pipe" });
}
