import type { DatabaseSync } from "node:sqlite";

const session: Readonly<Record<string, string>> = {
  sessionId: "TEXT",
  direction: "TEXT NOT NULL DEFAULT 'push'",
  method: "TEXT NOT NULL DEFAULT 'backup'",
  role: "TEXT NOT NULL DEFAULT 'driver'",
  peerNodeId: "TEXT NOT NULL DEFAULT ''",
  peerName: "TEXT NOT NULL DEFAULT ''",
  sourceName: "TEXT NOT NULL DEFAULT ''",
  targetName: "TEXT NOT NULL DEFAULT ''",
  options: "TEXT NOT NULL DEFAULT '{}'",
  status: "TEXT NOT NULL DEFAULT 'running'",
  phase: "TEXT",
  currentStep: "TEXT NOT NULL DEFAULT ''",
  progress: "INTEGER NOT NULL DEFAULT 0",
  phaseProgress: "INTEGER NOT NULL DEFAULT 0",
  bytesTransferred: "INTEGER NOT NULL DEFAULT 0",
  totalBytes: "INTEGER NOT NULL DEFAULT 0",
  transferSpeed: "REAL",
  estimatedTimeRemaining: "INTEGER",
  estimatedCompletion: "TEXT",
  startedAt: "TEXT NOT NULL DEFAULT ''",
  updatedAt: "TEXT NOT NULL DEFAULT ''",
  completedAt: "TEXT",
  error: "TEXT",
  outcome: "TEXT NOT NULL DEFAULT '{}'",
  pid: "INTEGER NOT NULL DEFAULT 0",
  heartbeat: "INTEGER NOT NULL DEFAULT 0",
  cancelledBy: "TEXT",
};

/** Make the tables, or bring those of an older version to what they are now. */
export function prepareBook(db: DatabaseSync): void {
  db.exec(
    "PRAGMA journal_mode = wal; PRAGMA synchronous = normal; PRAGMA busy_timeout = 5000; PRAGMA foreign_keys = on",
  );
  db.exec("BEGIN IMMEDIATE");
  try {
    renameInitialLoads(db);
    for (const statement of tables) db.exec(statement);
    addColumns(db);
    db.exec("CREATE UNIQUE INDEX IF NOT EXISTS FullSyncSessions_id ON FullSyncSessions (sessionId)");
    db.exec("CREATE INDEX IF NOT EXISTS FullSyncSessions_started ON FullSyncSessions (startedAt)");
    db.exec("COMMIT");
  } catch (error) {
    db.exec("ROLLBACK");
    throw error;
  }
}

const tables = [
  `CREATE TABLE IF NOT EXISTS Self (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT`,
  `CREATE TABLE IF NOT EXISTS Peers (nodeId TEXT PRIMARY KEY, name TEXT NOT NULL, url TEXT NOT NULL, kind TEXT NOT NULL,
    fingerprint TEXT, token TEXT NOT NULL, addedAt TEXT NOT NULL, lastSeen TEXT) STRICT`,
  // Of tokens that others show here, only the hash is kept. Without a node it is an invitation.
  `CREATE TABLE IF NOT EXISTS Tokens (hash TEXT PRIMARY KEY, label TEXT NOT NULL, nodeId TEXT, expires TEXT NOT NULL) STRICT`,
  `CREATE TABLE IF NOT EXISTS FullSyncSessions (${Object.entries(session)
    .map(([name, type]) => `${name} ${type}`)
    .join(", ")})`,
  `CREATE TABLE IF NOT EXISTS RelayTokens (name TEXT PRIMARY KEY, hash TEXT NOT NULL UNIQUE, expires TEXT NOT NULL) STRICT`,
  `CREATE TABLE IF NOT EXISTS PeriodicSeat (seat INTEGER PRIMARY KEY CHECK (seat = 1), pid INTEGER NOT NULL, seen INTEGER NOT NULL, status TEXT) STRICT`,
  `CREATE TABLE IF NOT EXISTS FullSyncLog (id INTEGER PRIMARY KEY, sessionId TEXT NOT NULL, at TEXT NOT NULL, phase TEXT,
    level TEXT NOT NULL, text TEXT NOT NULL) STRICT`,
  `CREATE INDEX IF NOT EXISTS FullSyncLog_session ON FullSyncLog (sessionId, id)`,
];

/** The name before the redesign. What was begun by then went over HTTP. */
function renameInitialLoads(db: DatabaseSync): void {
  if (!columnsOf(db, "InitialLoadSessions").length || columnsOf(db, "FullSyncSessions").length) return;
  db.exec("ALTER TABLE InitialLoadSessions RENAME TO FullSyncSessions");
  addColumns(db);
  const columns = columnsOf(db, "FullSyncSessions");
  if (columns.includes("id")) db.exec("UPDATE FullSyncSessions SET sessionId = id WHERE sessionId IS NULL");
  db.exec(`UPDATE FullSyncSessions SET method = 'http';
    UPDATE FullSyncSessions SET updatedAt = startedAt WHERE updatedAt = '';
    UPDATE FullSyncSessions SET status = 'interrupted' WHERE status NOT IN ('completed', 'failed', 'cancelled')`);
}

function addColumns(db: DatabaseSync): void {
  const there = new Set(columnsOf(db, "FullSyncSessions"));
  for (const [name, type] of Object.entries(session)) {
    if (!there.has(name)) db.exec(`ALTER TABLE FullSyncSessions ADD COLUMN ${name} ${type}`);
  }
}

function columnsOf(db: DatabaseSync, table: string): string[] {
  const rows = db.prepare("SELECT name FROM pragma_table_info(?)").all(table) as unknown as { name: string }[];
  return rows.map(({ name }) => name);
}
