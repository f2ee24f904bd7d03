import { execFileSync } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { Repository } from "../src/repository/repository.ts";
import { makePlace } from "./support/repository-place.ts";
import { startSftpServer } from "./support/sftp-server.ts";

describe("a repository", () => {
  it("shows nothing that is secret: no process, no container, no file", async () => {
    await using place = await makePlace();
    const secret = "planted-secret";
    const credentials = { AWS_SECRET_ACCESS_KEY: "planted-credential" };
    const key = `${place.key.slice(0, 8)}planted-key`;
    const folder = place.folder("quiet");
    const location = { where: folder, folder, credentials };
    await using quiet = await Repository.open(place.options("quiet", { key, location }));
    const running = quiet.storeOutput({
      name: "secrets",
      tags: ["secrets"],
      script: "read -r PGPASSWORD <&3; export PGPASSWORD; for n in {1..20}; do echo $PGPASSWORD $n; sleep 0.1; done",
      input: `${secret}\n`,
    });
    const seen: string[] = [];
    while ((await Promise.race([running, sleep(100)])) === undefined) seen.push(execute("ps", "-ef"));
    const ids = execute(
      "docker",
      "ps",
      "--quiet",
      "--no-trunc",
      "--filter",
      `label=understudy.incoming=${place.stackName}`,
    );
    const containers = ids.trim().split("\n");
    expect(containers).toHaveLength(1);
    for (const id of containers) {
      seen.push(execute("docker", "inspect", id));
      expect(execute("bash", "-c", `docker export ${id} | grep -ac planted- || true`)).toBe("0\n");
    }
    expect(seen.filter((text) => text.includes("--stdin-from-command")).length).toBeGreaterThan(5);
    expect(seen.filter((text) => text.includes("planted-"))).toEqual([]);
    expect(await place.bash("grep -r planted- /place/quiet || true")).toBe("");
  });

  it("may be behind SFTP, on a host that the person knows", async () => {
    await using place = await makePlace();
    await using server = await startSftpServer();
    const { where, ssh } = server;
    const options = (change = {}) =>
      place.options("", { location: { where, credentials: {}, ssh: { ...ssh, ...change } } });
    await using repository = await Repository.open(options());
    const { snapshot } = await repository.storeOutput({ name: "n", tags: ["n"], script: "seq 100000" });
    expect(await repository.pipe({ snapshot, name: "n", script: "wc -l" })).toBe("100000\n");
    await repository.check({ readData: true });
    await expect(Repository.open(options({ knownHostsFile: server.strangers }))).rejects.toThrow(
      /^The host of sftp:.* is one that you do not know, or has another key than the one that you know$/,
    );
    await expect(Repository.open(options({ keyFile: server.strangers }))).rejects.toThrow(/Permission denied/);
    await expect(Repository.open(options({ keyFile: "/none" }))).rejects.toThrow(
      /^BACKUP_SSH_KEY_FILE: \/none cannot be read: ENOENT/,
    );
  });
});

function execute(program: string, ...args: readonly string[]): string {
  return execFileSync(program, args).toString();
}
