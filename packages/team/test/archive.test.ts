import { copyFileSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { verifyArchive } from "../src/archive/read-archive.ts";
import { aCopy, Developer, noCopy } from "./support/developers.ts";
import { expectNoSecrets } from "./support/planted.ts";

describe("an archive between two developers", () => {
  let ann: Developer;
  let bob: Developer;

  beforeAll(async () => {
    ann = await Developer.open(23_000);
    bob = await Developer.open(23_200);
    await ann.shareKeyWith(bob);
    await ann.stage.fill("new");
    await bob.stage.fill("old");
  });
  afterAll(async () => {
    await bob?.[Symbol.asyncDispose]();
    await ann?.[Symbol.asyncDispose]();
  });

  /** Bring a teammate's archive to Bob. @returns its path there */
  const bring = (archive: string, change: (bytes: Buffer) => Buffer = (bytes) => bytes): string => {
    const file = bob.file(`team-sync-exports/${basename(archive)}`);
    mkdirSync(bob.file("team-sync-exports"), { recursive: true });
    writeFileSync(file, change(readFileSync(archive)));
    return file;
  };

  it("carries everything over, keeps what it replaces, and gives it back", async () => {
    const exported = await ann.export();
    expect(Object.keys(exported).sort()).toEqual(["archive", "bytes", "seconds", "tables", "workflows"]);
    expect(exported).toMatchObject({ bytes: statSync(exported.archive).size, tables: 1, workflows: 0 });
    expect(ann.leftInFolder()).toEqual([]);
    const file = bring(exported.archive);
    expect(await bob.import()).toMatchObject({ archive: file, imported: true, databases: ["app"], volumes: ["files"] });
    expect(await bob.stage.content()).toBe("new");
    expect(await bob.stage.answers()).toBe(true);
    expect(await bob.stage.leftovers()).toEqual([]);
    for (const [before, after] of [
      ["old", "new"],
      ["new", "old"],
    ]) {
      expect(await bob.run("team:undo", "--yes")).toMatchObject({ exitCode: 0 });
      expect(await bob.stage.content(), after).toBe(before);
    }
    expect(await bob.run("team:undo", "--forget", "--yes")).toMatchObject({ exitCode: 0 });
    expect(await bob.run("team:undo", "--yes")).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining("Nothing is kept"),
    });
    expect(await bob.stage.content()).toBe("new");
  });

  it("is a fixed point there and back", async () => {
    const there = await ann.export();
    bring(there.archive);
    await bob.import();
    const back = await bob.export();
    const options = { keys: { passphrases: [], identities: [] }, limit: 1e9 };
    const [first, second] = [
      await verifyArchive({ file: there.archive, ...options }),
      await verifyArchive({ file: back.archive, ...options }),
    ];
    expect(second.metadata.databases.map(({ tables, sequences }) => [tables, sequences])).toEqual(
      first.metadata.databases.map(({ tables, sequences }) => [tables, sequences]),
    );
    const files = ({ metadata }: typeof first) => metadata.files.filter(({ path }) => path.startsWith("databases/"));
    expect(files(second)).toEqual(files(first));
  });

  it("changes nothing in a dry run, and when only the database is wanted, only that", async () => {
    const { archive } = await ann.export();
    const file = bring(archive);
    await bob.stage.fill("old");
    const dry = await bob.run("team:import", file, "--dry-run");
    expect(dry).toMatchObject({ exitCode: 0, stderr: expect.stringContaining("This will happen to staging:") });
    expect(dry.stderr).toMatch(/from {6}\S+@\S+, environment staging of team shop/);
    expect(await bob.stage.content()).toBe("old");
    expect(await bob.import(file, "--only", "database")).toMatchObject({ volumes: [], databases: ["app"] });
    await expect(bob.stage.content()).rejects.toThrow("database: new; files: old");
    expect((await bob.run("team:undo", "--yes")).exitCode).toBe(0);
    expect(await bob.stage.content()).toBe("old");
  });

  it("is refused when it was cut off or changed, and what runs is not touched", async () => {
    const { archive } = await ann.export();
    const content = await bob.stage.content();
    const steps = bob.stage.steps().length;
    const middle = statSync(archive).size >> 1;
    for (const change of [
      (bytes: Buffer) => bytes.subarray(0, middle),
      (bytes: Buffer) =>
        Buffer.concat([bytes.subarray(0, middle), Buffer.from([(bytes[middle] ?? 0) ^ 1]), bytes.subarray(middle + 1)]),
    ]) {
      const { exitCode, stderr } = await bob.run("team:import", bring(archive, change), "--yes");
      expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: expect.stringContaining("is damaged") });
    }
    expect(bob.stage.steps()).toHaveLength(steps);
    expect(await bob.stage.content()).toBe(content);
    expect(await bob.stage.answers()).toBe(true);
  });

  it("is refused without a terminal to ask on, for another team, and with nothing to be found", async () => {
    const { archive } = await ann.export();
    const file = bring(archive);
    expect(await bob.run("team:import", file)).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining("ATTENTION: this overwrites all current data"),
    });
    bob.set("{ team: others, folder: elsewhere }");
    expect(await bob.run("team:import", file, "--yes")).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('It is of team "shop"'),
    });
    expect(await bob.run("team:import", "--yes")).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining("elsewhere (does not exist)"),
    });
    bob.set("{ team: shop }");
  });

  it("goes out without a secret of the environment, or encrypted", async () => {
    const env = ann.stage.installation.env("staging");
    const { POSTGRES_PASSWORD = "" } = env;
    expectNoSecrets((await ann.export()).archive, env, []);
    await ann.stage.sql("app", `CREATE TABLE planted AS SELECT '${POSTGRES_PASSWORD}' AS secret`);
    const open = await ann.run("team:export");
    expect(open).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining("databases/app.sql holds the secret POSTGRES_PASSWORD"),
    });
    expect(open.stderr + open.stdout).not.toContain(POSTGRES_PASSWORD);
    expect(ann.leftInFolder()).toEqual([]);
    const { archive } = await ann.export("--encrypt");
    expect(archive).toMatch(/\.tar\.gz\.age$/);
    await ann.stage.sql("app", "DROP TABLE planted");
    await bob.import(bring(archive));
    expect(await bob.stage.sql("app", "SELECT secret FROM planted")).toBe(POSTGRES_PASSWORD);
    const stranger = { keys: { passphrases: ["A".repeat(43)], identities: [] }, limit: 1e9 };
    await expect(verifyArchive({ file: archive, ...stranger })).rejects.toThrow("does not open with your key");
  });

  it("lies over another one, and needs it", async () => {
    await ann.stage.fill("old");
    const base = (await ann.export()).archive;
    await ann.stage.sql("app", "UPDATE marks SET noise = noise WHERE id < 10");
    const over = await ann.export("--since", base);
    const options = { keys: { passphrases: [], identities: [] }, limit: 1e9 };
    const { metadata } = await verifyArchive({ file: over.archive, ...options });
    expect(metadata.unchanged.map(({ path }) => path)).toContain("volumes/files.tar");
    expect(metadata.files.map(({ path }) => path)).toContain("databases/app.sql");
    const file = bring(over.archive);
    expect(await bob.run("team:import", file, "--yes")).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining("holds only what changed since"),
    });
    bring(base);
    await bob.import(file);
    expect(await bob.stage.content()).toBe("old");
  });

  it("of data that may be unmasked must be encrypted", async () => {
    const { installation } = ann.stage;
    const settings = installation.read("understudy.yml");
    installation.write("understudy.yml", settings.replace("kind: staging,", "kind: staging, sanitize: false,"));
    const { exitCode, stderr } = await ann.run("team:export");
    installation.write("understudy.yml", settings);
    expect({ exitCode, stderr }).toEqual({ exitCode: 2, stderr: expect.stringContaining("--encrypt") });
  });

  it("says of which copy of production's its data is; the way back says again what was known before", async () => {
    ann.facts = aCopy;
    const { archive } = await ann.export();
    ann.facts = noCopy;
    const id = `${aCopy.copy?.id}@${/\d[\d-]{18}/.exec(basename(archive))?.[0]}`;
    const imported = { copy: { ...aCopy.copy, id, healthySeconds: null }, activeWorkflows: aCopy.activeWorkflows };
    await bob.import(bring(archive));
    expect(bob.facts).toEqual(imported);
    for (const known of [noCopy, imported, noCopy]) {
      expect(await bob.run("team:undo", "--yes")).toMatchObject({ exitCode: 0 });
      expect(bob.facts).toEqual(known);
    }
  });

  it("of unmasked data is encrypted, and refused where data must be masked", async () => {
    ann.facts = { ...aCopy, copy: aCopy.copy && { ...aCopy.copy, unmasked: true } };
    const open = await ann.run("team:export");
    expect(open).toMatchObject({ exitCode: 2, stderr: expect.stringContaining("--encrypt") });
    const { archive } = await ann.export("--encrypt");
    ann.facts = noCopy;
    expect(await bob.run("team:import", bring(archive), "--yes")).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining("this environment must have masked data"),
    });
    expect(bob.facts).toEqual(noCopy);
  });

  it("is imported once at a time", async () => {
    const file = bring((await ann.export()).archive);
    const both = await Promise.all([bob.run("team:import", file, "--yes"), bob.run("team:import", file, "--yes")]);
    expect(both.map(({ exitCode }) => exitCode).sort()).toEqual([0, 1]);
    expect(both.find(({ exitCode }) => exitCode === 1)?.stderr).toMatch(/is locked by/);
    expect(await bob.stage.leftovers()).toEqual([]);
  });

  it("is counted, with what went wrong", async () => {
    const stats = await bob.stage.installation.json<{ verb: string; runs: number; failed: number }[]>("team:stats");
    const imports = stats.find(({ verb }) => verb === "import");
    expect(imports?.failed).toBeGreaterThan(3);
    expect((imports?.runs ?? 0) - (imports?.failed ?? 0)).toBeGreaterThan(3);
  });

  it("goes nowhere when the disk is full or the folder is nobody's to write to", async () => {
    writeFileSync(ann.file("occupied"), "");
    const { exitCode, stderr } = await ann.run("team:export", "--output", ann.file("occupied/x"));
    expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: expect.stringContaining("Nothing can be written in") });
    expect(existsSync("/dev/full") && (await ann.run("team:export", "--output", "/dev/full")).exitCode).toBe(1);
  });

  it("comes back from a folder that a person stands in", async () => {
    const { archive } = await ann.export();
    copyFileSync(archive, join(bob.stage.installation.root, basename(archive)));
    const { archive: found } = await bob.import();
    expect(basename(found)).toBe(basename(archive));
  });
});
