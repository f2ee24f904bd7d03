import { createInterface } from "node:readline";
import { SyncService } from "../../packages/records/src/index.ts";

// A node in a process of its own. It says when it is ready, and exchanges when it is told to.
const [database = "", serverUrl = "", nodeCode = "", isNew = ""] = process.argv.slice(2);
const service = await SyncService.open({
  database,
  serverUrl,
  nodeCode,
  enrolmentSecret: "let me in",
  autoSync: false,
  batch: 1_000,
  maxRetries: 0,
});
service.on("sync_failed", (error) => {
  throw error;
});
if (!isNew) await service.syncNow();
process.stdout.write("ready\n");
for await (const _ of createInterface({ input: process.stdin })) {
  await service.syncNow();
  break;
}
await service.close();
