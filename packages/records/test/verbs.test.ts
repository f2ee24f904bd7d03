import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { promisify } from "node:util";
import type { ConnectOptions } from "@understudy/postgres";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createSyncServer, type SyncServer, SyncService } from "../src/index.ts";
import { type Databases, startDatabases } from "./support/server-database.ts";

const uuid = "6f1c1a52-0c5e-4d3c-9d0e-0d6f0f4f2b11";
const exec = promisify(execFile);

describe("the verbs of records", () => {
  let databases: Databases;
  let options: ConnectOptions;
  let server: SyncServer;
  let root: string;

  beforeAll(async () => {
    databases = await startDatabases();
    root = mkdtempSync(join(tmpdir(), "records-"));
    options = await databases.make("CREATE TABLE notes (words text)");
  });
  afterAll(async () => {
    await server?.[Symbol.asyncDispose]();
    rmSync(root, { recursive: true });
    await databases[Symbol.asyncDispose]();
  });

  /** @returns what it printed as JSON */
  const verb = async (name: string, ...flags: string[]) => {
    const { user, password, host, port, database } = options;
    const { stdout } = await exec(
      process.execPath,
      [join(import.meta.dirname, `../src/cli/records-${name}.ts`), ...flags],
      {
        env: {
          ...process.env,
          UNDERSTUDY_ROOT: root,
          RECORDS_DATABASE_URL: `postgres://${user}:${password}@${host}:${port}/${database}`,
          RECORDS_ENROLMENT_SECRET: "let me in",
        },
      },
    );
    return flags.includes("--json") ? JSON.parse(stdout) : stdout;
  };

  it("enable a table, tell of nodes and records, decide, compare, carry by file, purge and revoke", async () => {
    expect(await verb("enable", "notes", "--json")).toMatchObject({ table: "notes" });
    server = await createSyncServer({ postgres: options, strategy: "manual", enrolmentSecret: "let me in" });
    const url = await server.listen("127.0.0.1", 0);
    const file = join(root, "ann.db");
    const node = ["--database", file, "--server", url, "--code", "ann"];
    expect(await verb("sync", ...node, "--json")).toMatchObject({ node_code: "ann", pending_changes: 0 });
    using ann = new DatabaseSync(file);
    const bob = await SyncService.open({
      database: new DatabaseSync(":memory:"),
      serverUrl: url,
      nodeCode: "bob",
      enrolmentSecret: "let me in",
      autoSync: false,
    });

    // Two wrote one record.
    await databases.query(options, "INSERT INTO notes (uuid, words) VALUES ($1, 'the server''s')", [uuid]);
    ann.exec(`INSERT INTO notes (uuid, words) VALUES ('${uuid}', 'of ann')`);
    expect(await verb("sync", ...node, "--json")).toMatchObject({ parked: 1, pending_changes: 0 });
    const status = await verb("status", "--json");
    expect(status).toMatchObject({
      conflicts: 1,
      nodes: [{ node_code: "ann", token: "valid" }],
      open_conflicts: [{ entity_uuid: uuid }],
    });
    await verb("resolve", status.open_conflicts[0].id, "--set", "words=of both", "--json");
    await verb("sync", ...node);
    await bob.syncNow();
    expect(ann.prepare("SELECT words FROM notes").get()?.words).toBe("of both");
    const { records } = await verb("explain", uuid, "--json");
    expect(records).toMatchObject([{ row: { words: "of both" }, written_by: null, parked: false }]);
    expect(
      records[0].lost
        .map(({ serialized_data }: { serialized_data: { words: string } }) => serialized_data.words)
        .sort(),
    ).toEqual(["of ann", "the server's"]);

    // Without a line.
    ann.exec("UPDATE notes SET words = 'by file'");
    await verb("sync", ...node, "--export", join(root, "changes.json"));
    expect(await verb("import", join(root, "changes.json"), "--json")).toMatchObject({
      code: "ann",
      changes: 1,
      conflicts: 0,
    });
    await verb("sync", ...node, "--import", join(root, "changes.json.answers"));
    expect(await databases.query(options, "SELECT words FROM notes")).toEqual([{ words: "by file" }]);

    // Differences that nobody wrote.
    ann.exec(
      "INSERT INTO sync_state VALUES ('applying', '1'); UPDATE notes SET words = 'wrong'; DELETE FROM sync_state WHERE name = 'applying'",
    );
    await expect(verb("digest", ...node, "--json")).rejects.toMatchObject({ code: 1 });
    expect(await verb("digest", ...node, "--repair", "--json")).toEqual({ differing: [] });

    expect(await verb("purge", "--dry-run", "--json")).toMatchObject({ safe_purge_point: 0 });
    const { version } = await verb("restored", "--json");
    expect(version).toBeGreaterThan(2 ** 32);
    ann.exec("UPDATE notes SET words = 'after that'");
    expect(await verb("sync", ...node, "--json")).toMatchObject({ pending_changes: 0, resync: null });
    expect(await databases.query(options, "SELECT words FROM notes")).toEqual([{ words: "after that" }]);
    await verb("revoke", "bob");
    expect((await verb("status", "--json")).nodes.map(({ token }: { token: string }) => token)).toEqual([
      "valid",
      "revoked",
    ]);
    await bob.close();
  });
});
