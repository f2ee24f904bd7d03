import { execFile, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { DatabaseSync } from "node:sqlite";
import { promisify } from "node:util";
import { describe, expect, it, onTestFinished } from "vitest";
import { names, numberedBatch } from "./numbered-batch.ts";
import { Store } from "./store.ts";
import { day, start, temporaryFolder } from "./testing.ts";
import { HistoryUnavailable } from "./unavailable.ts";

const options = { maxBytes: 1e8, historyDays: 365, now: () => start };
const always = { from: 0, to: Number.MAX_SAFE_INTEGER };
/** Every part of the batches 1 … n is there, and nothing of others. */
function expectWhole(store: Store, n: number): void {
  expect(store.loadState()).toEqual(n ? { n } : undefined);
  const counts = store.uptime({ from: start - day, to: start + day }).checks.map(({ healthy }) => healthy);
  expect(counts).toEqual(n ? names.map(() => n) : []);
  expect(store.due(start + day, 10_000).map(({ key }) => key)).toEqual(numbered(n));
  const events: string[] = [];
  for (let cursor: string | undefined, more = true; more; more = cursor !== undefined) {
    const page = store.events({ ...always, limit: 500, cursor });
    events.unshift(...page.items.map(({ kind }) => kind).toReversed());
    cursor = page.next;
  }
  expect(events).toEqual(numbered(n));
}

const numbered = (n: number) => Array.from({ length: n }, (_, index) => `batch ${index + 1}`);

function filled(): string {
  const file = join(temporaryFolder(), "staging.sqlite");
  using store = Store.open(file, options);
  for (let n = 1; n <= 60; n++) store.commit(numberedBatch(n));
  while (store.compact(start + day));
  return file;
}

function overwrite(file: string, from: number, to: number): void {
  const bytes = readFileSync(file);
  writeFileSync(file, bytes.fill("damaged ", from, to));
}

describe("a damaged file", () => {
  it.each<[string, (file: string) => void]>([
    ["that is something else", (file) => writeFileSync(file, "once upon a time ".repeat(1_000))],
    ["that begins with garbage", (file) => overwrite(file, 0, 512)],
    ["with garbage in it", (file) => overwrite(file, 8_192, 40_960)],
    ["that ends early", (file) => truncateSync(file, Math.floor(statSync(file).size / 2))],
  ])("%s is set aside, and a new one begun", (_, damage) => {
    const file = filled();
    damage(file);
    const bytes = readFileSync(file);
    using store = Store.open(file, options);
    const aside = `${file}.damaged-2024-10-04T000000`;
    expect(store.opened).toEqual({ damaged: aside });
    expect(readFileSync(aside)).toEqual(bytes);
    expectWhole(store, 0);
    store.commit(numberedBatch(1));
    expectWhole(store, 1);
  });

  it("is neither touched nor believed by a verb", () => {
    const file = filled();
    overwrite(file, 0, 512);
    expect(() => Store.join(file, options)).toThrow(HistoryUnavailable);
    expect(readdirSync(join(file, ".."))).toEqual(["staging.sqlite"]);
  });

  it("of a newer version is left alone", () => {
    const file = filled();
    {
      using db = new DatabaseSync(file);
      db.exec("pragma user_version = 99");
    }
    expect(() => Store.open(file, options)).toThrow(/has version 99, and this program knows version 1/);
    expect(() => Store.join(file, options)).toThrow(/has version 99/);
    expect(readdirSync(join(file, ".."))).toEqual(["staging.sqlite"]);
  });

  it("is not begun anew where the volume cannot be written", () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "health"), "a file where a folder should be");
    expect(() => Store.open(join(folder, "health", "staging.sqlite"), options)).toThrow(/EEXIST|ENOTDIR/);
  });
});

const isRoot = process.getuid?.() === 0;

describe.skipIf(!isRoot)("a full disk (needs root, for a volume of 2 MB)", () => {
  it("loses no batch that was kept, keeps none in part, and goes on when there is space", (context) => {
    const volume = join(temporaryFolder(), "volume");
    mkdirSync(volume);
    try {
      execFileSync("mount", ["-t", "tmpfs", "-o", "size=2m", "tmpfs", volume], { stdio: "pipe" });
    } catch (error) {
      return context.skip(`tmpfs cannot be mounted here: ${error}`);
    }
    onTestFinished(() => void execFileSync("umount", ["--lazy", volume]));
    const ballast = join(volume, "ballast");
    writeFileSync(ballast, Buffer.alloc(1_000_000));
    using store = Store.open(join(volume, "staging.sqlite"), options);
    let kept = 0;
    const fill = () => {
      for (; kept < 10_000; kept++) store.commit(numberedBatch(kept + 1));
    };
    for (let attempt = 0; attempt < 3; attempt++) {
      expect(fill).toThrow(expect.objectContaining({ trouble: "full", next: expect.stringContaining("Free space") }));
      expectWhole(store, kept);
    }
    expect(kept).toBeGreaterThan(10);
    rmSync(ballast);
    store.commit(numberedBatch(++kept));
    while (store.compact(start + day));
    expectWhole(store, kept);
  });
});

/** Run a program that has a Store of the file. */
function program(file: string, body: string): string[] {
  const code = `
    import { Store } from ${JSON.stringify(new URL("./store.ts", import.meta.url).href)};
    const store = Store.open(${JSON.stringify(file)}, { maxBytes: 1e8, historyDays: 365, now: () => begin });
    import { begin, names, numberedBatch } from ${JSON.stringify(new URL("./numbered-batch.ts", import.meta.url).href)};
    ${body}`;
  return ["--input-type=module", "--eval", code];
}

it("killed at any moment, has every batch whole or not at all", { timeout: 60_000 }, async () => {
  const file = join(temporaryFolder(), "staging.sqlite");
  const write = `
    for (let n = 1 + (store.loadState()?.n ?? 0); ; n++) {
      store.commit(numberedBatch(n));
      if (n % 10 === 0) while (store.compact(begin + ${day}));
      console.log(n);
    }`;
  let told = 0;
  for (let life = 0; life < 6; life++) {
    const child = spawn(process.execPath, program(file, write), { stdio: ["ignore", "pipe", "inherit"] });
    const ended = once(child, "exit");
    const lines = createInterface(child.stdout);
    lines.on("line", (line) => {
      told = Number(line);
    });
    await once(lines, "line");
    setTimeout(() => child.kill("SIGKILL"), 37 * life + Math.random() * 40);
    expect((await ended)[1]).toBe("SIGKILL");
    using store = Store.open(file, options);
    expect(store.opened).toBe("existing");
    const { n } = store.loadState() as { n: number };
    expect(n).toBeGreaterThanOrEqual(told);
    expectWhole(store, n);
  }
});

it("takes the writing of several processes at once", { timeout: 60_000 }, async () => {
  const file = join(temporaryFolder(), "staging.sqlite");
  const write = (own: string) =>
    program(
      file,
      `for (let n = 1; n <= 150; n++) {
        const own = ${JSON.stringify(own)};
        store.commit({ ...numberedBatch(n, [...names, own]), events: [], notices: [] });
        store.silence({ check: own, until: begin + ${2 * day} + n, why: "so", who: "ada", at: begin });
        while (store.compact(begin + (n % 5 ? 0 : ${day})));
        if (store.latest().length < 30) throw new Error("a check is missing");
      }`,
    );
  const run = promisify(execFile);
  await Promise.all(["a", "b", "c"].map((own) => run(process.execPath, write(own))));
  using store = Store.join(file, options);
  const { checks } = store.uptime({ from: start - day, to: start + day });
  expect(Object.fromEntries(checks.map(({ check, healthy }) => [check, healthy]))).toEqual({
    ...Object.fromEntries(names.map((name) => [name, 450])),
    ...{ a: 150, b: 150, c: 150 },
  });
  expect(store.silences(start + 2 * day + 149).map(({ check }) => check)).toEqual(["a", "b", "c"]);
  expect(existsSync(`${file}-wal`)).toBe(true);
});
