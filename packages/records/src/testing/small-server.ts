import { DatabaseSync } from "node:sqlite";
import { SyncService, type SyncServiceOptions } from "../client/sync-service.ts";
import { createSyncServer, type SyncServer, type SyncServerOptions } from "../http/sync-server.ts";
import { SqliteStore } from "../store/sqlite/sqlite-store.ts";
import { createNotes } from "./world.ts";

/** A server over HTTP whose database is in memory, and the nodes that a test gives it. */
export interface SmallServer extends AsyncDisposable {
  readonly url: string;
  readonly server: SyncServer;
  readonly database: DatabaseSync;
  /** A node with an empty database in memory, that exchanges when it is asked to. */
  node(code: string, options?: Partial<SyncServiceOptions>): Promise<{ service: SyncService; database: DatabaseSync }>;
}

export async function startSmallServer(options: Partial<SyncServerOptions> = {}): Promise<SmallServer> {
  const database = new DatabaseSync(":memory:");
  database.exec(createNotes("sqlite"));
  const server = await createSyncServer({ postgres: await SqliteStore.open(database), ...options });
  const url = await server.listen("127.0.0.1", 0);
  const services: SyncService[] = [];
  return {
    url,
    server,
    database,
    async node(code, more = {}) {
      const own = new DatabaseSync(":memory:");
      const service = await SyncService.open({
        database: own,
        serverUrl: url,
        nodeCode: code,
        autoSync: false,
        maxRetries: 0,
        ...more,
      });
      services.push(service);
      return { service, database: own };
    },
    async [Symbol.asyncDispose]() {
      for (const service of services) await service.close();
      await server[Symbol.asyncDispose]();
    },
  };
}
