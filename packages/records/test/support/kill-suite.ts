import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as sleep } from "node:timers/promises";
import type { ConnectOptions } from "@understudy/postgres";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { openBadLine } from "./bad-line.ts";
import { type Databases, startDatabases } from "./server-database.ts";

const rows = 150;
const script = (name: string) => join(import.meta.dirname, `${name}-process.ts`);

/** A server and two nodes, each a process. @param seeds of what happens to them */
export function killSuite(seeds: readonly number[]): void {
  describe("processes that are killed, on a line that breaks", () => {
    let databases: Databases;
    let folder: string;
    /** Nodes that ended with a failure of their own. */
    const crashes: string[] = [];
    beforeAll(async () => {
      databases = await startDatabases();
    });
    afterAll(() => databases[Symbol.asyncDispose]());
    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), "records-"));
    });
    afterEach(() => rmSync(folder, { recursive: true }));

    it.each(seeds)("lose nothing that was written, and write nothing twice: seed %i", async (seed) => {
      const options = await databases.make(
        "CREATE TABLE notes (uuid uuid PRIMARY KEY DEFAULT gen_random_uuid(), updated_at timestamptz NOT NULL DEFAULT now(), is_deleted boolean NOT NULL DEFAULT false, a text)",
      );
      const random = generator(seed);
      let server = await startServer(options, 0);
      const port = Number(new URL(server.address).port);
      await using line = await openBadLine(() => port, random);
      const codes = ["ann", "bob"];
      const nodes = new Map(codes.map((code) => [code, startNode(code, line.url)]));
      let kills = 0;
      while ([...nodes.values()].some(({ done }) => !done)) {
        await sleep(200 + random() * 400);
        expect(crashes).toEqual([]);
        if (kills > 3) writeFileSync(join(folder, "enough"), "");
        if (kills > 12) line.bad = false;
        const victim = kills > 12 ? "nobody" : ["server", ...codes][Math.floor(random() * 3)];
        if (victim === "server") {
          kills++;
          await kill(server.child);
          server = await startServer(options, port);
        }
        for (const [code, node] of nodes) {
          if (node.done || victim !== code) continue;
          kills++;
          await kill(node.child);
          nodes.set(code, startNode(code, line.url));
        }
      }
      line.bad = false;
      for (const code of codes) {
        const node = startNode(code, line.url);
        await expect.poll(() => node.done, { timeout: 60_000 }).toBe(true);
      }
      await kill(server.child);
      const expected = codes.flatMap((code) => Array.from({ length: rows }, (_, number) => `${code}-${number}`)).sort();
      const found = (await databases.query<{ a: string }>(options, "SELECT a FROM notes")).map(({ a }) => a).sort();
      expect(found).toEqual(expected);
      for (const code of codes) {
        using database = new DatabaseSync(join(folder, `${code}.db`));
        expect(
          database
            .prepare("SELECT a FROM notes")
            .all()
            .map(({ a }) => String(a))
            .sort(),
          code,
        ).toEqual(found);
      }
      expect(await databases.query(options, "SELECT 1 FROM object_version_history")).toEqual([]);
      console.log(`${expected.length} rows, ${kills} kills, ${line.spoilt} connections spoilt`);
    });

    function startNode(code: string, url: string): { child: ChildProcess; done: boolean } {
      const child = spawn(process.execPath, [script("node"), join(folder, `${code}.db`), url, code, String(rows)], {
        stdio: ["ignore", "ignore", "inherit"],
      });
      const node = { child, done: false };
      child.on("exit", (exit) => {
        node.done = exit === 0;
        if (exit) crashes.push(`${code} ended with ${exit}`);
      });
      return node;
    }
  });
}

async function startServer(options: ConnectOptions, port: number): Promise<{ child: ChildProcess; address: string }> {
  const child = spawn(process.execPath, [script("server")], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, RECORDS_TEST_POSTGRES: JSON.stringify(options), RECORDS_TEST_PORT: String(port) },
  });
  const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream });
  const address = await new Promise<string>((resolve, reject) => {
    lines.once("line", resolve);
    child.once("exit", (code) => reject(new Error(`the server ended with ${code}`)));
  });
  return { child, address };
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGKILL");
  await ended;
}

/** The same numbers for the same seed (mulberry32). */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
