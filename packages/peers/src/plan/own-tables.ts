const own = new Set([
  "sync_nodes",
  "sync_changes",
  "sync_records",
  "sync_packets",
  "sync_held_back",
  "sync_state",
  "object_version_history",
  "FullSyncSessions",
  "InitialLoadSessions",
]);

/** Whether each server has its own table of a name: the record engine's, and those of earlier full syncs. */
export function isOwn(name: string): boolean {
  return own.has(name);
}
