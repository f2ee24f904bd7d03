import { chmodSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { exec } from "@understudy/core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { edit } from "../../../deploy/test/support/tiny-stack.ts";
import { relayEngine } from "./engine-relay.ts";
import { makePlace, type RepositoryPlace } from "./repository-place.ts";
import { SmallStage } from "./small-stage.ts";

/** What hosts do to backups and restores: they end in plain words, exit 1, and the stack runs on with the data that it had. */
export function faultSuite(offset: number): void {
  describe("a fault", () => {
    let place: RepositoryPlace;
    let stage: SmallStage;
    let id: string;

    beforeAll(async () => {
      place = await makePlace({ size: "60m" });
      stage = await SmallStage.open({ offset, repository: place.folder("backups") });
      await stage.fill("old");
      id = (await stage.installation.json<{ id: string }>("backup", "--staging")).id;
    });
    beforeEach(() => stage.fill("new"));
    afterAll(async () => {
      await stage?.[Symbol.asyncDispose]();
      await place?.[Symbol.asyncDispose]();
    });

    const fails = async (message: RegExp, ...words: [string, ...string[]]) => {
      const said = await stage.installation.run(...words);
      expect(said).toMatchObject({ exitCode: 1, stderr: expect.stringMatching(message) });
      expect(said.stderr).not.toMatch(/^(bug:|\s+at )/m);
      await unhurt();
    };
    const unhurt = async () => {
      await expect.poll(() => stage.answers().catch(String), { timeout: 30_000 }).toBe(true);
      expect(await stage.content()).toBe("new");
      expect(await stage.leftovers()).toEqual([]);
    };
    const restored = ["--staging", "--yes", "--wait"] as const;
    const fact = (name: string) =>
      JSON.parse(stage.installation.read(`.understudy/facts/staging/${name}.json`)) as { result: string };

    it("a full repository: nothing is stored, and once there is room it goes on", async () => {
      await place.bash("head -c 100M /dev/zero > /place/filler || true");
      await fails(/There is no room at .*\. Make room/, "backup", "--staging");
      expect(fact("backup").result).toBe("failed");
      await place.bash("rm /place/filler");
      expect(await stage.installation.json("backup", "--staging", "--verify")).toMatchObject({ verified: true });
    });

    it("a service that never gets healthy on the restored data: the old data is put back", async () => {
      await stage.sql("app", "ALTER ROLE app PASSWORD 'another'");
      const { exitCode, stderr } = await stage.installation.run("backup:restore", id, ...restored);
      expect({ exitCode, stderr }).toMatchObject({
        exitCode: 1,
        stderr: expect.stringMatching(/is not healthy with the new data/),
      });
      const { APP_DB_PASSWORD } = stage.installation.env("staging");
      await stage.sql("app", `ALTER ROLE app PASSWORD '${APP_DB_PASSWORD}'`);
      await unhurt();
    });

    it.each([
      ["while writers stand still", ["backup", "--staging"], "moment"],
      ["while a restore goes on", ["backup:restore", "ID", "--staging", "--yes"], "restore app"],
    ])("a connection to the engine that is lost %s", async (_when, [verb = "", ...flags], moment) => {
      const words = flags.map((flag) => (flag === "ID" ? id : flag));
      const settings = stage.installation.read("understudy.yml");
      await using relay = await relayEngine(stage.engine.dockerHost, join(stage.installation.root, "engine.sock"));
      edit(stage.installation, "understudy.yml", "kind: staging", `kind: staging, host: "${relay.host}"`);
      const before = stage.steps().length;
      const ended = await stage.installation.during(
        [verb, ...words],
        () => stage.steps(before).includes(moment),
        relay.cut,
      );
      stage.installation.write("understudy.yml", settings);
      expect(ended).toMatchObject({ exitCode: 1, stderr: expect.stringMatching(/^error: /m) });
      expect(ended?.stderr).not.toMatch(/^bug:/m);
      await expect.poll(() => stage.answers().catch(String), { timeout: 45_000 }).toBe(true);
      expect(await stage.content()).toBe("new");
      expect(await stage.installation.run("backup:restore", id, ...restored)).toMatchObject({ exitCode: 0 });
      expect(await stage.content()).toBe("old");
      expect(await stage.leftovers()).toEqual([]);
    });

    it("a damaged repository: the proof fails and says so, and so does the check", async () => {
      const folder = join(place.folder("backups"), `${stage.installation.project}-staging`, "data");
      const packs = readdirSync(folder, { recursive: true, withFileTypes: true })
        .map(({ parentPath, name }) => join(parentPath, name))
        // The small ones hold what says where things are.
        .filter((file) => statSync(file).isFile() && statSync(file).size > 20_000);
      expect(packs).not.toEqual([]);
      for (const pack of packs) flipBit(pack);
      await fails(/cannot be relied upon/, "rollback:drill", "--staging", "--backup", id);
      expect(fact("drill").result).toBe("failed");
      await fails(/is damaged:/, "backup:check", "--staging", "--read-data");
      await fails(/damaged/, "backup:restore", id, ...restored, "--discard-present");
    });
  });
}

/** A server that cannot write its log stops for everybody: whatever would fill its disk is not begun. */
export function fullDiskSuite(offset: number): void {
  it("a disk without room for a restore or a trial: neither is begun, and with room both go on", async () => {
    await using stage = await SmallStage.open({ offset, diskSize: "700m" });
    await stage.fill("old");
    const { id } = await stage.installation.json<{ id: string }>("backup", "--staging");
    await stage.fill("new");
    const inDatabase = (...command: string[]) => exec(stage.engine, stage.container("postgres"), command);
    const ballast = "/var/lib/postgresql/data/ballast";
    expect(await inDatabase("fallocate", "-l", "150M", ballast)).toMatchObject({ exitCode: 0 });
    const restore = ["backup:restore", id, "--staging", "--yes", "--discard-present"] as const;
    const refused = async (what: string, ...verb: [string, ...string[]]) => {
      const { exitCode, stderr } = await stage.installation.run(...verb);
      const said = new RegExp(`There is no room for a ${what} beside staging's data: about .* are needed, .* are free`);
      expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: expect.stringMatching(said) });
      expect([await stage.answers(), await stage.content(), await stage.leftovers()]).toEqual([true, "new", []]);
    };
    await refused("restore", ...restore);
    await refused("trial of a backup", "rollback:drill", "--staging");
    await inDatabase("rm", ballast);
    await stage.installation.json("rollback:drill", "--staging");
    await stage.installation.json(...restore);
    expect(await stage.content()).toBe("old");
  });
}

function flipBit(file: string): void {
  const bytes = readFileSync(file);
  bytes[100] = (bytes[100] ?? 0) ^ 1;
  chmodSync(file, 0o600);
  writeFileSync(file, bytes);
}
