import type { Log } from "@understudy/core";
import { PostgresStore, SyncManager } from "@understudy/records";
import type { AgentPlugin } from "../agent/create-agent.ts";
import type { Peers } from "../peers.ts";
import { recordsPlugin } from "./records-plugin.ts";

/** The server of periodic sync: the record engine on this server's database. */
export async function servePeriodic(peers: Peers, log: Log): Promise<AgentPlugin> {
  const { settings, target } = peers;
  const { records } = target.settings;
  const store = await PostgresStore.open({ ...peers.requireDatabase(), timeout: 300_000 });
  const manager = await SyncManager.open(store, {
    strategy: records.strategy,
    strategies: records.strategies,
    schemaVersion: records.schemaVersion,
    futureBound: records.futureSeconds * 1_000,
  });
  for (const table of settings.periodic.tables) await manager.enable(table);
  return {
    name: "records",
    register: async (server) => void (await server.register(recordsPlugin, { peers, manager, log })),
    close: () => store[Symbol.asyncDispose](),
  };
}
