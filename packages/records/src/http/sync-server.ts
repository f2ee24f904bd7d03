import type { ConnectOptions } from "@understudy/postgres";
import fastify, { type FastifyInstance } from "fastify";
import type { EntityDescription } from "../entity.ts";
import { defaultRetention } from "../server/purge.ts";
import { type ServerOptions, SyncManager } from "../server/sync-manager.ts";
import { PostgresStore } from "../store/postgres/postgres-store.ts";
import { isStore, type Store } from "../store/store.ts";
import { type PluginOptions, syncPlugin } from "./sync-plugin.ts";

export interface SyncServerOptions extends ServerOptions, PluginOptions {
  /** The server's database: how to log in, or a store that is open. */
  readonly postgres: ConnectOptions | Store;
  /** Tables to enable, or to make as they are described; those that have the columns take part anyway. */
  readonly entities?: readonly (string | EntityDescription)[];
  /** PEM, for HTTPS without an edge before it. */
  readonly tls?: { readonly cert: string; readonly key: string };
  /** Addresses of an edge before it, whose word on who calls is taken. `loopback` unless told. */
  readonly trustProxy?: string;
  /** s between two looks for tables that take part now. 60 unless told; 0: never. */
  readonly refreshInterval?: number;
  /** s between two times that what is older than `retention` is forgotten. 3,600 unless told; 0: never. */
  readonly purgeInterval?: number;
}

export interface SyncServer extends AsyncDisposable {
  readonly manager: SyncManager;
  readonly http: FastifyInstance;
  /** Returns its address, e.g. `http://127.0.0.1:8090`. */
  listen(host: string, port: number): Promise<string>;
}

/** A whole server: store, engine, HTTP. What cannot begin leaves nothing open. */
export async function createSyncServer(options: SyncServerOptions): Promise<SyncServer> {
  const { postgres, entities = [], filtersOf, retention = defaultRetention } = options;
  const { refreshInterval = 60, purgeInterval = 3_600 } = options;
  await using opening = new AsyncDisposableStack();
  const store = opening.use(isStore(postgres) ? postgres : await PostgresStore.open(postgres));
  const manager = await SyncManager.open(store, options);
  for (const table of entities.filter((one) => typeof one === "string")) await manager.enable(table);
  await manager.describe(entities.filter((one) => typeof one !== "string"));
  if (filtersOf) for (const { id, code } of await manager.nodes()) await manager.setFilters(id, filtersOf(code));
  const http = opening.adopt(openHttp(options), (one) => one.close());
  await http.register(syncPlugin, { ...options, manager });
  const every = (seconds: number, name: string, work: () => Promise<unknown>) => {
    const begin = () => work().catch((error) => options.report?.(error, { method: "-", url: name }));
    if (seconds > 0) opening.adopt(setInterval(begin, seconds * 1_000).unref(), clearInterval);
  };
  every(refreshInterval, "refresh", () => manager.refresh());
  every(purgeInterval, "purge", () => manager.purge(retention));
  const opened = opening.move();
  return {
    manager,
    http,
    listen: (host, port) => http.listen({ host, port }),
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

function openHttp({ tls, trustProxy = "loopback" }: SyncServerOptions): FastifyInstance {
  const common = { logger: false, forceCloseConnections: true, trustProxy } as const;
  const http = (tls ? fastify({ ...common, https: tls }) : fastify(common)) as unknown as FastifyInstance;
  http.setNotFoundHandler((_, reply) => {
    const error = {
      code: "not-found",
      message: "There is nothing at this address",
      next: "GET /api/sync/openapi.json lists what there is",
    };
    return reply.code(404).send({ success: false, error });
  });
  return http;
}
