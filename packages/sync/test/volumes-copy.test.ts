import { text } from "node:stream/consumers";
import { connectEngine, type Engine, UserError } from "@understudy/core";
import { eachFile, removeIncoming, VolumeBox } from "@understudy/data";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { FileRule } from "../src/policy/policy.ts";
import { copyVolume, readVolumePlan, type VolumeSides } from "../src/volumes/copy-volume.ts";

const stackName = `usv-${Math.random().toString(36).slice(2, 8)}`;
const [source, live, incoming] = ["source", "live", "incoming"].map((name) => `${stackName}_${name}`) as [
  string,
  string,
  string,
];
const [set, get] = process.arch === "arm64" ? [5, 8] : [188, 191];

const keep = (...patterns: string[]): FileRule[] =>
  patterns.map((pattern) => ({ source: "sanitize.yml:1", action: "keep", pattern }));

describe("the copy of a volume", () => {
  let engine: Engine;
  let sides: VolumeSides;
  let all: VolumeBox;
  const bash = async (script: string) => (await all.run(script)).toString();
  const details = (folder: string) =>
    bash(
      `cd /${folder}; find . -mindepth 1 -printf '%y %m %U:%G %s %T@ %l %P\\n' | sort -k6; find . -type f -print0 | sort -z | xargs -0r sha256sum`,
    );
  const copy = async (rules: readonly FileRule[], onProgress?: (bytes: number) => void) => {
    const plan = await readVolumePlan(sides.production, "n8n-data", rules);
    return await copyVolume(sides, plan, onProgress && { onProgress });
  };

  beforeAll(async () => {
    engine = await connectEngine("local");
    for (const Name of [source, live, incoming]) await engine.docker.createVolume({ Name });
    const open = (...mounts: [volume: string, path: string, readOnly: boolean][]) =>
      VolumeBox.open(
        engine,
        stackName,
        mounts.map(([volume, path, readOnly]) => ({ volume, path, readOnly })),
      );
    all = await open([source, "/source", false], [live, "/live", false], [incoming, "/incoming", false]);
    sides = {
      production: await open([source, "/source", true]),
      staging: await open([live, "/live", true], [incoming, "/incoming", false]),
    };
  });

  beforeEach(() => bash("for folder in /source /live /incoming; do find $folder -mindepth 1 -delete; done"));

  afterAll(async () => {
    for (const box of [all, sides.production, sides.staging]) await box[Symbol.asyncDispose]();
    await removeIncoming(engine, stackName);
    for (const name of [source, live, incoming]) await engine.docker.getVolume(name).remove();
    await engine.close();
  });

  it("carries names, times, owners, modes, links, holes and attributes of any kind", async () => {
    await bash(String.raw`cd /source; mkdir -p 'ä ö/--x' empty; chmod 2750 empty; chown 5:6 empty
      printf 'one' > $'ä ö/new\nline'; printf 'two' > 'ä ö/--x/-rf'; : > 'ä ö/*'; ln -s '../nowhere' 'ä ö/link'
      chown -h 8:9 'ä ö/link'; chown 7:8 'ä ö/*'; chmod 4711 'ä ö/--x/-rf'; truncate -s 3M hole; echo end >> hole
      name=$(printf 'long%.0s' $(seq 60)); mkdir -p "$name/$name"; echo deep > "$name/$name/file"
      touch -d @1700000000.123456789 'ä ö/--x/-rf' 'ä ö/--x' empty
      perl -e 'my ($f, $n, $v) = qw(hole user.note hello); syscall(${set}, $f, $n, $v, 5, 0) == 0 or die $!'`);
    const { files } = await copy(keep("**"));
    expect(files).toEqual({ sent: 6, unchanged: 0, own: 0, gone: 0 });
    expect(await details("incoming")).toBe(await details("source"));
    expect(
      await bash(
        `cd /incoming; perl -e 'my ($f, $n, $v) = qw(hole user.note _____); syscall(${get}, $f, $n, $v, 5); print $v'`,
      ),
    ).toBe("hello");
    expect(Number(await bash("stat -c %b /incoming/hole"))).toBeLessThan(100);
  });

  it("sends only what changed; the rest comes from staging, by its content where the time differs", async () => {
    await bash(`cd /source; head -c 3000000 /dev/urandom > same; cp same touched; cp same modified; echo new > new
      cp -a same touched modified /live/; touch -d @1 touched; sleep 0.05; printf x | dd of=modified conv=notrunc status=none
      echo gone > /live/gone; echo key > /live/config; echo raw > config`);
    let seen = 0;
    const { files, bytes } = await copy(keep("**"), (now) => {
      seen = now;
    });
    expect(files).toEqual({ sent: 2, unchanged: 2, own: 1, gone: 0 });
    expect(seen).toBe(bytes);
    expect(bytes).toBeGreaterThan(3_000_000);
    expect(bytes).toBeLessThan(3_100_000);
    expect(await bash("cd /incoming; ls; cat config; cmp modified /source/modified; stat -c %Y touched")).toBe(
      "config\nmodified\nnew\nsame\ntouched\nkey\n1\n",
    );
  });

  it("leaves out what no rule keeps, and SQLite whatever a rule says", async () => {
    await bash(`cd /source; mkdir nodes; echo code > nodes/a.js; echo raw > letter.txt
      printf 'SQLite format 3\\0rest' > nodes/hidden.bin; echo wal > nodes/hidden.bin-wal`);
    const plan = await readVolumePlan(sides.production, "n8n-data", keep("nodes/"));
    expect(plan.kept.map(({ path }) => path)).toEqual(["nodes/a.js"]);
    expect(plan.excluded.map(({ because, examples }) => [because, [...examples].sort()])).toEqual([
      ["an SQLite database, which is not masked", ["nodes/hidden.bin", "nodes/hidden.bin-wal"]],
      ["no rule", ["letter.txt"]],
    ]);
  });

  it("sends a file again that changes meanwhile, and leaves out one that goes", async () => {
    await bash("cd /source; echo before > changes; echo going > goes; ln -s x moves; echo still > stays");
    const plan = await readVolumePlan(sides.production, "n8n-data", keep("**"));
    await bash("cd /source; echo longer than before > changes; rm goes; ln -sfn y moves");
    const first = await copyVolume(sides, plan, {});
    expect(first.files).toEqual({ sent: 3, unchanged: 0, own: 0, gone: 1 });
    expect(await bash("cd /incoming; ls; cat changes; readlink moves")).toBe(
      "changes\nmoves\nstays\nlonger than before\ny\n",
    );
  });

  it("gives up on a file that never stands still, naming it", async () => {
    await bash("echo 0 > /source/busy");
    const plan = await readVolumePlan(sides.production, "n8n-data", keep("**"));
    const writer = await all.start(
      "cd /source; for (( i = 0; ; i++ )); do echo $i > .next; mv .next busy; [ ! -e /tmp/stop ] || break; done",
    );
    const error = await copyVolume(sides, plan).catch((thrown) => thrown);
    await bash("touch /tmp/stop");
    for await (const _ of writer.output());
    await writer.ended();
    expect(error).toBeInstanceOf(UserError);
    expect(error.message).toBe("n8n-data: busy changed each of 3 times while being copied");
  });

  it("says that staging's disk is full, and does not hang", async () => {
    const Name = `${stackName}_small`;
    const DriverOpts = { type: "tmpfs", device: "tmpfs", o: "size=1m" };
    await engine.docker.createVolume({ Name, Driver: "local", DriverOpts });
    const staging = await VolumeBox.open(engine, stackName, [
      { volume: live, path: "/live", readOnly: true },
      { volume: Name, path: "/incoming", readOnly: false },
    ]);
    try {
      await bash("head -c 40000000 /dev/urandom > /source/large");
      const plan = await readVolumePlan(sides.production, "n8n-data", keep("**"));
      await expect(copyVolume({ ...sides, staging }, plan)).rejects.toThrow(
        "Files cannot be written: no space left on the device",
      );
    } finally {
      await staging[Symbol.asyncDispose]();
      await engine.docker.getVolume(Name).remove();
    }
  });

  it("can be aborted", async () => {
    await bash("head -c 30000000 /dev/urandom > /source/large");
    const plan = await readVolumePlan(sides.production, "n8n-data", keep("**"));
    const abort = new AbortController();
    const options = { signal: abort.signal, onProgress: () => abort.abort(new UserError("stopped")) };
    await expect(copyVolume(sides, plan, options)).rejects.toThrow("stopped");
  });

  it("gives every file to who looks for leaks, whole", async () => {
    await bash(
      "cd /incoming; mkdir d; printf 'one\\ntwo' > d/a; : > empty; head -c 2500000 /dev/zero > zeros; printf last > z",
    );
    const seen: Record<string, string> = {};
    await eachFile(all, "/incoming", async (path, content) => {
      seen[path] = await text(content);
    });
    expect(
      Object.fromEntries(Object.entries(seen).map(([path, said]) => [path, said.length > 20 ? said.length : said])),
    ).toEqual({
      "d/a": "one\ntwo",
      empty: "",
      z: "last",
      zeros: 2_500_000,
    });
  });

  it("refuses a volume that does not exist, and does not make it", async () => {
    const volume = `${stackName}_nothing`;
    await expect(VolumeBox.open(engine, stackName, [{ volume, path: "/source", readOnly: true }])).rejects.toThrow(
      `There is no volume ${volume} at local`,
    );
    await expect(engine.docker.getVolume(volume).inspect()).rejects.toThrow(/no such volume/i);
  });
});
