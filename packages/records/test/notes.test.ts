import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { blocksOf, checkout } from "../../../test/docs/page.ts";
import { type Databases, startDatabases } from "./support/server-database.ts";

const page = "examples/notes/README.md";
/** As the page has them. */
const [shortId, uuid, address] = ["0f2a91c0", "019ac3d2-5b1e-7c43-9a51-77de0f2a91c0", "127.0.0.1:8090"];

/** The page, step by step, as somebody with two terminals would take it. */
describe(page, () => {
  let databases: Databases;
  let folder: string;
  let url: string;
  let real = uuid;
  let port = 0;
  let followed = 0;
  const terminals: ChildProcess[] = [];
  const [schema, server, notebooks, offline, again, explain] = blocksOf(page).map(({ text }) => text);

  beforeAll(async () => {
    databases = await startDatabases();
    folder = mkdtempSync(join(tmpdir(), "notes-"));
    const { user, password, host, port, database } = await databases.make(schema ?? "");
    url = `postgres://${user}:${password}@${host}:${port}/${database}`;
  });
  afterAll(async () => {
    for (const terminal of terminals) terminal.kill("SIGKILL");
    rmSync(folder, { recursive: true });
    await databases[Symbol.asyncDispose]();
  });

  /** Verbs without pnpm, and files in a folder of their own. */
  const prelude = () => `pnpm() { local verb=$1; shift; exec_node "packages/records/src/cli/\${verb/:/-}.ts" "$@"; }
    exec_node() { node "$@"; }
    cd ${checkout}; export UNDERSTUDY_ROOT=${folder}\n`;
  const asHere = (text: string) =>
    text
      .replace(/RECORDS_DATABASE_URL=\S+/, `RECORDS_DATABASE_URL=${url}`)
      .replaceAll(/NOTES_FILE=/g, `NOTES_SERVER=http://127.0.0.1:${port} NOTES_FILE=${folder}/`)
      .replaceAll(uuid, real)
      .replaceAll(shortId, real.slice(-8));

  /** A line that runs with those before it that define something; what it prints. */
  async function run(block: string | undefined, line: string): Promise<string> {
    const defined = (block ?? "").split("\n").filter((one) => /^(export|\w+\(\))/.test(one));
    const shell = terminal([...defined, line].join("\n"));
    let printed = "";
    shell.stdout?.on("data", (text) => {
      printed += text;
    });
    shell.stderr?.on("data", (text) => {
      printed += text;
    });
    await new Promise((resolve) => shell.once("close", resolve));
    return printed;
  }

  function terminal(script: string): ChildProcess {
    const shell = spawn("bash", ["-c", prelude() + asHere(script)], {
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
    terminals.push(shell);
    return shell;
  }

  /** Every command of a block with what the page says that it prints. @param definitions of an earlier block */
  async function follow(block = "", definitions = block): Promise<void> {
    for (const [, command = "", printed = ""] of block.matchAll(/^(?!export|\w+\(\))(\S.*?)\s+# (.*)$/gm)) {
      const said = await run(definitions, command);
      if (command === "bob list" && real === uuid) {
        using database = new DatabaseSync(join(folder, "bob.db"));
        real = String(database.prepare("SELECT uuid FROM notes").get()?.uuid);
      }
      const shown = asHere(printed).replace(address, `127.0.0.1:${port}`).split("…");
      const pattern = shown.map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join(".*");
      expect(said, command).toMatch(new RegExp(`^\\s*${pattern}`, "m"));
      followed++;
    }
  }

  async function serve(): Promise<ChildProcess> {
    const line = /^pnpm records:serve/m.exec(server ?? "")?.[0] ?? "";
    const exports = (server ?? "").split("\n").filter((one) => one.startsWith("export"));
    const shell = terminal(
      [...exports, `exec_node() { exec node "$@"; }`, `${line} --listen 127.0.0.1:${port}`].join("\n"),
    );
    const said = await new Promise<string>((resolve, reject) => {
      let text = "";
      shell.stdout?.on("data", (more) => {
        text += more;
        if (text.includes("\n")) resolve(text);
      });
      shell.stderr?.on("data", (more) => {
        text += more;
      });
      shell.once("close", () => reject(new Error(text)));
    });
    port = Number(/Serving notes at http:\/\/127\.0\.0\.1:(\d+)/.exec(said)?.[1]);
    expect(port, said).toBeGreaterThan(0);
    return shell;
  }

  it("works as it says: written apart, met again, explained", async () => {
    const enable = /^pnpm records:enable.*$/m.exec(server ?? "")?.[0] ?? "";
    await follow(enable, server);
    const serving = await serve();
    await follow(notebooks);
    const ended = new Promise((resolve) => serving.once("close", resolve));
    process.kill(-(serving.pid ?? 0), "SIGINT");
    await ended;
    await follow(offline, notebooks);
    await serve();
    await follow(again, notebooks);
    await follow(explain, server);
    expect(followed).toBe(13);
  });
});
