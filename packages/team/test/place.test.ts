import { existsSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startSftpServer } from "../../backup/test/support/sftp-server.ts";
import { dockerAgent } from "../../peers/test/support/docker-agent.ts";
import type { ListedSnapshot } from "../src/place/team-list.ts";
import type { PushReport } from "../src/place/team-push.ts";
import { Developer } from "./support/developers.ts";
import { startS3 } from "./support/s3-server.ts";

describe("a team's place", () => {
  let ann: Developer;
  let bob: Developer;

  beforeAll(async () => {
    ann = await Developer.open(24_200);
    bob = await Developer.open(24_400);
    await ann.shareKeyWith(bob);
  });
  afterAll(async () => {
    await bob?.[Symbol.asyncDispose]();
    await ann?.[Symbol.asyncDispose]();
  });

  const everybody = (settings: string) => {
    for (const developer of [ann, bob]) developer.set(settings);
  };
  const push = (who: Developer) => who.stage.installation.json<PushReport>("team:push", "--include-volumes");
  const list = (who: Developer) => who.stage.installation.json<ListedSnapshot[]>("team:list");

  it("in a folder takes only what is new, lists who shared what, and gives it to a teammate", async () => {
    everybody(`{ team: shop, place: "${ann.stage.installation.root}/place" }`);
    await ann.stage.fill("new");
    await bob.stage.fill("old");
    await ann.stage.sql(
      "app",
      "INSERT INTO marks (mark, noise) SELECT 'new', md5(random()::text) FROM generate_series(1, 600000)",
    );
    const first = await push(ann);
    await ann.stage.sql("app", "UPDATE marks SET noise = md5(noise) WHERE id > (SELECT max(id) * 0.99 FROM marks)");
    const second = await push(ann);
    expect(second.bytes).toBeGreaterThan(20_000_000);
    expect(second.added).toBeLessThan(first.added / 2);
    const listed = await list(bob);
    expect(listed.map(({ stamp }) => stamp)).toEqual([second.stamp, first.stamp]);
    expect(listed[0]).toMatchObject({ by: second.by, environment: "staging", compatible: "same", notes: [] });
    const pulled = await bob.run("team:pull", second.stamp, "--yes", "--json");
    expect(pulled, pulled.stderr).toMatchObject({ exitCode: 0 });
    expect(pulled.stderr).toContain("No common snapshot is known");
    expect(await bob.stage.content()).toBe("new");
    expect(existsSync(bob.file(`team-sync-exports/team-export-${second.stamp}.tar.gz.age`))).toBe(true);
    expect(await ann.run("team:sync", "--since", "x.tar.gz")).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining("--since is for archives"),
    });
    const [mine, theirs] = [await push(bob), await list(ann)];
    expect(theirs[0]?.stamp).toBe(mine.stamp);
    const again = await ann.run("team:pull", mine.stamp, "--dry-run");
    expect(again.stderr).toContain(`Since the common snapshot of`);
  });

  it("on a server behind its agent is one like every other", async () => {
    await using agent = await dockerAgent([ann.stage.installation.root, bob.stage.installation.root]);
    everybody(`{ team: shop, place: "${agent.host}${ann.stage.installation.root}/behind" }`);
    await ann.stage.fill("new");
    await bob.stage.fill("old");
    const { stamp } = await push(ann);
    expect((await list(bob)).map((one) => one.stamp)).toEqual([stamp]);
    const pulled = await bob.run("team:pull", stamp, "--yes", "--json");
    expect(pulled, pulled.stderr).toMatchObject({ exitCode: 0 });
    expect(await bob.stage.content()).toBe("new");
    expect(existsSync(`${ann.stage.installation.root}/behind/shop/config`)).toBe(true);
  });

  it("is refused to who has another key, and to another team it is empty", async () => {
    everybody(`{ team: other, place: "${ann.stage.installation.root}/place" }`);
    expect(await list(ann)).toEqual([]);
    everybody(`{ team: shop, place: "${ann.stage.installation.root}/place" }`);
    const stranger = await Developer.open(24_600, `{ team: shop, place: "${ann.stage.installation.root}/place" }`);
    try {
      const { exitCode, stderr } = await stranger.run("team:list");
      expect({ exitCode, stderr }).toEqual({
        exitCode: 1,
        stderr: expect.stringContaining("does not open with this installation's team key"),
      });
    } finally {
      await stranger[Symbol.asyncDispose]();
    }
  });

  it("that is not set is said, with what to do", async () => {
    everybody("{ team: shop }");
    expect(await ann.run("team:push")).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining("Set teamSync.place"),
    });
    const { stdout } = await ann.run("team:sync");
    expect(stdout).toContain("Your teammate's steps:");
  });

  it("may be S3", async () => {
    await using s3 = await startS3();
    everybody(`{ team: shop, place: "s3:${s3.url}/${s3.bucket}" }`);
    for (const { stage } of [ann, bob]) {
      const values = stage.installation.read(".env.staging");
      stage.installation.write(".env.staging", `${values}AWS_ACCESS_KEY_ID=test\nAWS_SECRET_ACCESS_KEY=test-secret\n`);
    }
    await shareAndTake();
  });

  it("may be behind SFTP", async () => {
    await using server = await startSftpServer();
    everybody(`{ team: shop, place: "${server.where}" }`);
    for (const { stage } of [ann, bob]) {
      const values = stage.installation.read(".env.staging");
      const { keyFile, knownHostsFile } = server.ssh;
      stage.installation.write(
        ".env.staging",
        `${values}BACKUP_SSH_KEY_FILE=${keyFile}\nBACKUP_KNOWN_HOSTS_FILE=${knownHostsFile}\n`,
      );
    }
    await shareAndTake();
  });

  async function shareAndTake(): Promise<void> {
    await ann.stage.fill("new");
    await bob.stage.fill("old");
    const { stamp } = await push(ann);
    const pulled = await bob.run("team:pull", stamp, "--yes");
    expect(pulled, pulled.stderr).toMatchObject({ exitCode: 0 });
    expect(await bob.stage.content()).toBe("new");
  }
});
