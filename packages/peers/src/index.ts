export { type AgentPluginOptions, agentPlugins } from "./agent/agent-plugins.ts";
export { type Agent, type AgentOptions, type AgentPlugin, createAgent } from "./agent/create-agent.ts";
export { AgentError } from "./agent-error.ts";
export { type AddPeer, addPeer } from "./drive/add-peer.ts";
export { type FullSyncRequest, resumeFullSync, type Started, startFullSync } from "./drive/full-sync.ts";
export type { AdminOptions } from "./http/admin-plugin.ts";
export { openPeers, type Peers } from "./peers.ts";
export type {
  Direction,
  FullSyncOptions,
  LogLine,
  Method,
  Operator,
  Peer,
  PeriodicStatus,
  Phase,
  RowCounts,
  Session,
  Status,
  TableReport,
} from "./types.ts";
