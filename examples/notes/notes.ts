import { DatabaseSync } from "node:sqlite";
import { describeEntity, SyncService } from "@understudy/records";
import { z } from "zod";

// A notebook in a terminal, which needs no network. See README.md beside this file.
const [command = "list", ...words] = process.argv.slice(2);
const {
  NOTES_FILE = "notes.db",
  NOTES_SERVER = "http://127.0.0.1:8090",
  NOTES_CODE = "notebook",
  RECORDS_ENROLMENT_SECRET,
} = process.env;

const database = new DatabaseSync(NOTES_FILE, { timeout: 5_000 });
const service = await SyncService.open({
  database,
  entities: [describeEntity("notes", z.object({ words: z.string() }))],
  serverUrl: NOTES_SERVER,
  nodeCode: NOTES_CODE,
  ...(RECORDS_ENROLMENT_SECRET ? { enrolmentSecret: RECORDS_ENROLMENT_SECRET } : {}),
  autoSync: false,
  maxRetries: 0,
});
service.on("conflict_detected", ({ entity_uuid, reason }) => console.log(`conflict: ${entity_uuid}: ${reason}`));
service.on("sync_failed", ({ message }) => console.log(`not now: ${message}`));
service.on("sync_completed", ({ processed_count, received_count }) => {
  console.log(`${processed_count} sent, ${received_count} received`);
});

switch (command) {
  case "add":
    database.prepare("INSERT INTO notes (words) VALUES (?)").run(words.join(" "));
    break;
  case "edit":
    database
      .prepare("UPDATE notes SET words = ? WHERE uuid LIKE '%' || ?")
      .run(words.slice(1).join(" "), words[0] ?? "-");
    break;
  case "remove":
    database.prepare("UPDATE notes SET is_deleted = 1 WHERE uuid LIKE '%' || ?").run(words[0] ?? "-");
    break;
  case "sync":
    process.exitCode = (await service.syncNow()) ? 0 : 1;
    break;
  case "list":
    for (const note of database
      .prepare("SELECT uuid, words FROM notes WHERE NOT is_deleted ORDER BY updated_at")
      .all()) {
      console.log(`${String(note.uuid).slice(-8)}  ${note.words}`);
    }
    break;
  default:
    console.error("notes.ts add <words> | edit <id> <words> | remove <id> | list | sync");
    process.exitCode = 2;
}
const { pending_changes, parked } = await service.getSyncStatus();
if (pending_changes + parked > 0) console.log(`${pending_changes} wait to be sent, ${parked} for a person`);
await service.close();
