import { type Command, findInstallation, loadSettings, messageOf, openLog, UserError } from "@understudy/core";
import { SyncService } from "../client/sync-service.ts";
import { showExchanges } from "./show-exchanges.ts";

export interface NodeFlags {
  readonly database: string;
  readonly server: string;
  readonly code: string;
}

export function nodeFlags(command: Command): Command {
  return command
    .option("--database <file>", "the node's SQLite database")
    .option("--server <url>", "its server, https://…")
    .option("--code <code>", "the node's code");
}

/** Open a node by flags and settings, do something, and close it. @param watch let it exchange by itself meanwhile. Its enrolment secret is RECORDS_ENROLMENT_SECRET. */
export async function withNode<T>(
  flags: Partial<NodeFlags>,
  watch: boolean,
  work: (service: SyncService) => Promise<T>,
): Promise<T> {
  const { database, server, code } = flags;
  if (!database || !server || !code)
    throw new UserError("A node needs --database, --server and --code", { exitCode: 2 });
  const installation = findInstallation();
  const { node, schemaVersion } = loadSettings(installation).records;
  const log = openLog(installation, "records", "node");
  const secret = process.env.RECORDS_ENROLMENT_SECRET;
  const service = await SyncService.open({
    database,
    serverUrl: server,
    nodeCode: code,
    ...(secret ? { enrolmentSecret: secret } : {}),
    schemaVersion,
    batch: node.batchSize,
    packetTimeout: node.packetTimeoutSeconds,
    maxRetries: node.maxRetries,
    compression: node.compression,
    syncInterval: node.everySeconds,
    autoSync: watch && node.autoSync,
  });
  showExchanges(service);
  service.on("exchanged", (exchange) => log.debug({ code, ...exchange }, "exchange"));
  service.on("conflict_detected", (conflict) => log.info({ code, ...conflict, data: undefined }, "a conflict"));
  service.on("sync_failed", (error) => log.warn({ code, error: messageOf(error) }, "an exchange failed"));
  try {
    return await work(service);
  } finally {
    await service.close();
  }
}
