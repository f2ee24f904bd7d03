import { execFileSync } from "node:child_process";
import { appendFileSync, chmodSync, existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { pointFolder } from "../src/points/kept.ts";
import { askRemote } from "../src/points/remote.ts";
import { rollbackTags } from "../src/points/tags.ts";
import { PointsStage, plainGit } from "./support/points-stage.ts";

const [first, second] = ["rollback-20261121-120000", "rollback-20261121-130000"];
const [noon, one] = ["2026-11-21T12:00:00.000Z", "2026-11-21T13:00:00.000Z"];

let folder: string;
let stage: PointsStage;

beforeEach(() => {
  folder = plainGit(vi.stubEnv);
  stage = new PointsStage(folder);
  stage.git("init", "--quiet");
});

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

describe("a rollback point", () => {
  it("is a signed tag on what ran, and is listed with what going back would change, the newest first", async () => {
    const { commit, id } = stage.deploy(1);
    const backup = { id: "b-1", checksums: { "postgres:n8n": "a1" } };
    stage.backups.set("b-1", { verified: true, bytes: 4_096 });
    expect(await stage.point(noon, { backup })).toMatchObject({
      tag: first,
      sent: { warning: `${first} is kept here only: git has no remote` },
    });
    const [same] = await stage.list();
    expect(same).toEqual({ tag: first, time: noon, commit, backup: "b-1", verified: true, size: 4_096, differs: [] });
    expect(stage.git("cat-file", "-t", first)).toBe("tag");
    expect(stage.git("rev-parse", `${first}^{commit}`)).toBe(commit);
    expect(stage.git("for-each-ref", "--format=%(contents)", `refs/tags/${first}`)).toContain(`release: ${id}`);

    const later = stage.deploy(2);
    await stage.point(one);
    const listed = await stage.list();
    expect(listed.map(({ tag, differs }) => [tag, differs])).toEqual([
      [second, []],
      [
        first,
        [
          `commit ${commit?.slice(0, 12)} instead of ${later.commit?.slice(0, 12)}`,
          "n8n: n8n:1, not n8n:2",
          "docker-compose.yml",
        ],
      ],
    ]);
    expect(listed[0]).toMatchObject({
      backup: null,
      verified: false,
      size: null,
      dataProblem: "it was made without a backup",
    });
  });

  it("needs neither a name in git nor a short message, and is not signed by gpg", async () => {
    stage.git("config", "tag.gpgSign", "true");
    stage.git("config", "core.commentChar", "r");
    const services = Array.from({ length: 3_000 }, (_, index) => `service-${index}`);
    stage.record({ version: 1, commit: stage.commit("# 1"), services });
    await stage.point(noon);
    const [tag] = await rollbackTags(stage.installation.root);
    expect(tag?.message.length).toBeGreaterThan(131_072);
    expect((await stage.list())[0]?.problem).toBeUndefined();
  });

  it("keeps to its own repository, whichever a hook that calls us works on", async () => {
    const { commit } = stage.deploy(1);
    const other = new PointsStage(folder);
    other.git("init", "--quiet");
    vi.stubEnv("GIT_DIR", join(other.installation.root, ".git"));
    await stage.point(noon);
    vi.stubEnv("GIT_DIR", undefined);
    expect(stage.git("rev-parse", `${first}^{commit}`)).toBe(commit);
    expect(await other.list()).toEqual([]);
  });

  it("of uncommitted files is on the commit that they differ from", async () => {
    const commit = stage.commit("# 1");
    stage.record({ version: 1, commit: `${commit}-dirty` });
    await stage.point(noon);
    expect(await stage.list()).toMatchObject([{ commit: `${commit}-dirty` }]);
    expect((await stage.list())[0]?.problem).toBeUndefined();
  });

  it("is refused where there is nothing to go back to, and nothing is left of it", async () => {
    await expect(stage.point(noon)).rejects.toThrow(/Nothing is recorded of production/);
    stage.record({ version: 1 });
    await expect(stage.point(noon)).rejects.toThrow(/deployed outside git/);
    stage.record({ version: 1, commit: "d".repeat(40) });
    await expect(stage.point(noon)).rejects.toThrow(/git has no commit dddd/);
    expect(existsSync(pointFolder(stage.installation, first))).toBe(false);
    rmSync(join(stage.installation.root, ".git"), { recursive: true });
    await expect(stage.point(noon)).rejects.toThrow(/is no git clone/);
    expect(await stage.list()).toEqual([]);
  });

  it("is never made over another of the same second", async () => {
    stage.deploy(1);
    await stage.point(noon);
    const before = await stage.list();
    await expect(stage.point(noon)).rejects.toThrow(/already/);
    expect(await stage.list()).toEqual(before);
  });
});

describe("a point that is not as it was made", () => {
  let good: string;
  beforeEach(async () => {
    good = stage.deploy(1).commit ?? "";
    await stage.point(noon, { backup: { id: "b-1", checksums: {} } });
  });

  it("is told when its tag was moved", async () => {
    const elsewhere = stage.commit("# 2");
    const message = stage.git("for-each-ref", "--format=%(contents)", `refs/tags/${first}`);
    retag(`${message}\n`, elsewhere);
    const moved = `its tag was moved from ${good.slice(0, 12)} to ${elsewhere.slice(0, 12)}`;
    expect(await stage.list()).toMatchObject([{ tag: first, problem: moved }]);
  });

  it("is told when its message was edited", async () => {
    const message = stage.git("for-each-ref", "--format=%(contents)", `refs/tags/${first}`);
    retag(`${message.replace("sha256:1", "sha256:2")}\n`, good);
    expect(await stage.list()).toMatchObject([{ problem: "its message was edited after it was signed", differs: [] }]);
  });

  it("is told when its tag was deleted, with the command that makes it anew", async () => {
    const [whole] = await stage.list();
    stage.git("tag", "--delete", first);
    const [point] = await stage.list();
    expect(point).toMatchObject({ tag: first, time: noon, commit: good, problem: expect.stringMatching(/not in git/) });
    execFileSync("sh", ["-c", `git config user.name T; git config user.email t@example.org; ${point?.next}`], {
      cwd: stage.installation.root,
    });
    expect(await stage.list()).toEqual([whole]);
  });

  it("is told beside tags of such a name that are somebody else's", async () => {
    stage.git("tag", "rollback-plan");
    stage.git(
      "-c",
      "user.name=T",
      "-c",
      "user.email=t@example.org",
      "tag",
      "-a",
      "-m",
      "plan: [",
      "rollback-20200101-000000",
    );
    const blob = stage.git("hash-object", "-w", "docker-compose.yml");
    stage.git("tag", "rollback-blob", blob);
    const problems = (await stage.list()).map(({ tag, problem }) => [tag, problem]);
    expect(Object.fromEntries(problems)).toEqual({
      [first]: undefined,
      "rollback-plan": "it is no point of ours, but a plain tag",
      "rollback-20200101-000000": "it is no point of ours",
      "rollback-blob": "it is no point of ours, but a plain tag",
    });
  });

  it("is told when what it needs is gone", async () => {
    expect(await stage.list()).toMatchObject([
      { backup: "b-1", verified: false, dataProblem: "its backup b-1 is gone" },
    ]);
    stage.backups.set("b-1", { verified: false, bytes: 9 });
    const [unproven] = await stage.list();
    expect(unproven).toMatchObject({ size: 9, verified: false });
    expect(unproven).not.toHaveProperty("dataProblem");
    stage.images.clear();
    expect(await stage.list()).toMatchObject([{ problem: "its images are gone: n8n" }]);
    const kept = pointFolder(stage.installation, first);
    appendFileSync(join(kept, "deployed/docker-compose.yml"), "\n");
    rmSync(join(kept, "checkpoint.json"));
    expect(await stage.list()).toMatchObject([
      { problem: expect.stringMatching(/altered: checkpoint\.json, deployed\/docker-compose\.yml$/) },
    ]);
    rmSync(kept, { recursive: true });
    expect(await stage.list()).toMatchObject([{ problem: expect.stringMatching(/is gone or was altered/) }]);
  });

  it("is none at all when a killed run left only a part of its files, or it is of another environment", async () => {
    mkdirSync(join(pointFolder(stage.installation, second), "deployed"), { recursive: true });
    expect(await stage.list()).toHaveLength(1);
    (stage.target.environment as { name: string }).name = "production2";
    expect(await stage.list()).toEqual([]);
  });

  function retag(message: string, commit: string): void {
    const args = [
      "-c",
      "user.name=T",
      "-c",
      "user.email=t@example.org",
      "tag",
      "-f",
      "-a",
      "--cleanup=verbatim",
      "-F",
      "-",
    ];
    execFileSync("git", ["-C", stage.installation.root, ...args, first, commit], { input: message, stdio: "pipe" });
  }
});

describe("the remote", () => {
  let remote: string;
  beforeEach(() => {
    stage.deploy(1);
    remote = join(folder, "remote.git");
    execFileSync("git", ["init", "--quiet", "--bare", remote]);
    stage.git("remote", "add", "upstream", join(folder, "nowhere.git"));
    stage.git("remote", "add", "origin", remote);
  });

  it("gets the point", async () => {
    expect(await askRemote(stage.installation.root)).toEqual({ name: "origin" });
    expect(await stage.point(noon)).toEqual({ tag: first, sent: { to: "origin" } });
    const there = execFileSync("git", ["-C", remote, "cat-file", "tag", first], { encoding: "utf8" });
    expect(there.trim()).toBe(stage.git("cat-file", "tag", first));
  });

  it("that refuses leaves the point standing here, and its words are told", async () => {
    const hook = join(remote, "hooks/pre-receive");
    mkdirSync(join(remote, "hooks"), { recursive: true });
    writeFileSync(hook, "#!/bin/sh\necho 'tags are made by the release team' >&2\nexit 1\n");
    chmodSync(hook, 0o755);
    const { sent } = await stage.point(noon);
    expect(sent).toEqual({
      warning: expect.stringMatching(
        /^rollback-20261121-120000 is kept here only: origin did not take it \(.*tags are made by the release team.*\)\. Send it: git push origin rollback-20261121-120000$/,
      ),
    });
    expect((await stage.list())[0]?.problem).toBeUndefined();
  });

  it("that is not there leaves the point standing here, without the login of its address", async () => {
    stage.git("remote", "set-url", "origin", "https://ada:hunter2@127.0.0.1:1/x.git");
    const { sent } = await stage.point(noon);
    expect(sent).toEqual({ warning: expect.stringMatching(/origin did not take it \(.*127\.0\.0\.1.*\)/) });
    expect(JSON.stringify(sent)).not.toContain("hunter2");
    expect(await askRemote(stage.installation.root)).toMatchObject({
      name: "origin",
      unreachable: expect.stringMatching(/./),
    });
    expect(await stage.list()).toHaveLength(1);
  });

  it("that never answers is left after its time, with all that was started for it", async () => {
    const sign = join(folder, "started");
    const ssh = join(folder, "ssh");
    writeFileSync(ssh, `#!/bin/sh\necho $$ > ${sign}\nsleep 120\n`);
    chmodSync(ssh, 0o755);
    stage.git("config", "core.sshCommand", ssh);
    stage.git("remote", "set-url", "origin", "git@example.org:x.git");
    const { sent } = await stage.point(noon, { limit: 1_000 });
    expect(sent).toEqual({ warning: expect.stringMatching(/did not end in 1 s/) });
    const pid = execFileSync("cat", [sign], { encoding: "utf8" }).trim();
    await expect.poll(() => existsSync(`/proc/${pid}`)).toBe(false);
  });
});
