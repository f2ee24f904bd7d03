import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as sleep } from "node:timers/promises";
import { SyncService } from "../../src/index.ts";

// A node in a process of its own: it writes, and exchanges, until it is killed or has written all, and
// there is a file "enough" beside its database. Started again, it goes on.
const [file = "", serverUrl = "", nodeCode = "", count = "0"] = process.argv.slice(2);
const database = new DatabaseSync(file, { timeout: 5_000 });
const service = await SyncService.open({
  database,
  serverUrl,
  nodeCode,
  enrolmentSecret: "let me in",
  autoSync: false,
  maxRetries: 0,
  packetTimeout: 2,
  batch: 20,
});
while (!(await service.syncNow()) && !hasNotes()) await sleep(50);
const insert = database.prepare("INSERT INTO notes (a) VALUES (?)");
let written = Number(
  database.prepare("SELECT count(*) AS count FROM notes WHERE a LIKE ? || '-%'").get(nodeCode)?.count,
);
for (; written < Number(count); written++) {
  insert.run(`${nodeCode}-${written}`);
  if (written % 7 === 0) await service.syncNow();
}
while (!(await service.syncNow()) || !existsSync(join(dirname(file), "enough"))) await sleep(50);
await service.close();

function hasNotes(): boolean {
  return database.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'notes'").all().length > 0;
}
