import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Repository } from "../src/repository/repository.ts";
import { makePlace, type RepositoryPlace } from "./support/repository-place.ts";

describe("a repository", () => {
  let place: RepositoryPlace;
  let repository: Repository;

  beforeAll(async () => {
    place = await makePlace();
    repository = await Repository.open(place.options("main"));
  });

  afterAll(async () => {
    await repository[Symbol.asyncDispose]();
    await place[Symbol.asyncDispose]();
  });

  it("opens with its own key only, and is not made anew beside what is left of one", async () => {
    const message = `The repository ${place.folder("main")} does not open with the key in .understudy/backup.key`;
    await expect(Repository.open(place.options("main", { key: "another" }))).rejects.toThrow(message);
    await expect(Repository.openExisting(place.options("main", { key: "another" }))).rejects.toThrow(message);
    await place.bash("mkdir /place/rest; cp -r /place/main/keys /place/rest");
    await expect(Repository.open(place.options("rest"))).rejects.toThrow(/has no config/);
  });

  it("says what is damaged and which files are hit, and restores none of them in silence", async () => {
    await place.bash("mkdir /data/one; head -c 1500000 /dev/urandom > /data/one/file");
    const { snapshot } = await repository.storeFolders({ paths: ["/data/one"], tags: ["one"] });
    await place.bash("cp -a /place/main /place/damaged");
    await using damaged = await Repository.open(place.options("damaged"));
    const hit = String.raw`[\s\S]*\n  hit: /data/one/file, in 1 snapshots$`;

    await place.bash(`cd /place/damaged/data; find . -type f -size +500k > /place/packs; chmod u+w $(< /place/packs)
      for pack in $(< /place/packs); do printf damage | dd of=$pack bs=1 seek=1000 conv=notrunc status=none; done`);
    await damaged.check();
    await expect(damaged.check({ readData: true })).rejects.toThrow(new RegExp(` is damaged:\n.*pack ${hit}`));
    await expect(damaged.pipe({ snapshot, name: "data/one/file", script: "wc -c" })).rejects.toThrow(
      /damaged is damaged: .*verification failed/,
    );
    await expect(damaged.restoreFolders({ snapshot, paths: ["/data/one"] })).resolves.toBeUndefined();
    await place.bash("rm /data/one/file");
    await expect(damaged.restoreFolders({ snapshot, paths: ["/data/one"] })).rejects.toThrow(
      /damaged is damaged: .*\/data\/one\/file: .*verification failed/,
    );

    await place.bash("cd /place/damaged/data; rm $(< /place/packs)");
    await expect(damaged.check()).rejects.toThrow(new RegExp(` is damaged:\n.*pack .* does not exist${hit}`));
    await place.bash(`cd /place/damaged/snapshots; chmod u+w $1; printf damage >> $1`, snapshot);
    expect(await damaged.list()).toEqual([]);
    expect(place.warnings).toEqual([expect.stringMatching(new RegExp(`damaged: .*${snapshot.slice(0, 8)}`))]);
  });

  it("is whole after the end of a process that was storing", async () => {
    const killed = fileURLToPath(new URL("support/repository-killed.ts", import.meta.url));
    const child = spawn(process.execPath, [killed, place.stackName, place.folder("main"), place.key], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    await once(child.stdout, "data");
    const restic = () => execute("ps", "-eo", "args").match(/^restic .*endless.*$/gm) ?? [];
    expect(restic()).toHaveLength(1);
    child.kill("SIGKILL");
    await expect.poll(restic).toEqual([]);
    await using again = await Repository.open(place.options("main"));
    expect(await again.list(["killed"])).toEqual([]);
    await again.prune();
    await again.check();
  });

  it("is in use for whoever would remove something from it while something is stored", async () => {
    await using other = await Repository.open(place.options("main"));
    const script = "echo begun; until [ -e /data/go-on ]; do sleep 0.1; done";
    const storing = repository.storeOutput({ name: "slow", tags: ["slow"], script });
    await expect.poll(() => place.bash("ls /place/main/locks")).not.toBe("");
    await expect(other.prune()).rejects.toThrow(/main is in use: locked by PID \d+ on .*, since \d{4}-/);
    await place.bash("touch /data/go-on");
    expect((await storing).bytes).toBe(6);
  });

  it("may be full, which stores nothing", async () => {
    await using place = await makePlace({ size: "8m" });
    await using repository = await Repository.open(place.options("full"));
    const store = (megabytes: number) =>
      repository.storeOutput({ name: "x", tags: ["x"], script: `head -c ${megabytes}000000 /dev/urandom` });
    const { snapshot } = await store(1);
    await expect(store(30)).rejects.toThrow(`There is no room at ${place.folder("full")}`);
    expect((await repository.list()).map(({ id }) => id)).toEqual([snapshot]);
    await repository.prune();
    await repository.check({ readData: true });
  });
});

function execute(program: string, ...args: readonly string[]): string {
  return execFileSync(program, args).toString();
}
