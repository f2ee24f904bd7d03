/** pull: the peer's rows come here; push: ours go there. */
export type Direction = "pull" | "push";

/** backup: one moment of the source, in numbered chunks; http: pages of rows, which need no room at the source. */
export type Method = "backup" | "http";

/** In this order. */
export const phases = ["backup", "transfer", "convert", "restore", "verify"] as const;
export type Phase = (typeof phases)[number];

/** interrupted: the process that drove it died. It is resumed or cleared. */
export const statuses = ["running", "completed", "failed", "cancelled", "interrupted"] as const;
export type Status = (typeof statuses)[number];

/** Another server; or, with `local`, this one. */
export interface Peer {
  readonly nodeId: string;
  /** As it calls itself. */
  readonly name: string;
  readonly url: string;
  readonly ipAddress: string;
  readonly kind: "production" | "staging";
  /** SHA-256 of its certificate, pinned; null: plain HTTP. */
  readonly fingerprint: string | null;
  readonly addedAt: string;
  readonly lastSeen: string | null;
  /** null: not asked lately. */
  readonly reachable: boolean | null;
  readonly local: boolean;
}

export interface FullSyncOptions {
  readonly compressionEnabled: boolean;
  readonly verifyAfterSync: boolean;
  readonly method?: Method | undefined;
  /** Say what would be written, and write nothing. */
  readonly plan?: boolean | undefined;
  readonly steps?: RestoreSteps | undefined;
}

export type RestoreSteps = "one-transaction" | "table-by-table";

export interface RowCounts {
  readonly inserted: number;
  readonly updated: number;
  readonly unchanged: number;
  /** Not written, as another row of the target stands in their way. */
  readonly skipped: number;
}

/** What became of one table, or with `--plan` would. */
export interface TableReport extends RowCounts {
  readonly table: string;
  /** Of the source, those of demo data left out. */
  readonly rows: number;
  /** Keys of rows that another row of the target stands in the way of; the first 20. */
  readonly conflicts: readonly string[];
  readonly notes: readonly string[];
  /** null: not looked at. */
  readonly verified: boolean | null;
}

/** One full sync, as a row of FullSyncSessions tells it. */
export interface Session {
  readonly sessionId: string;
  readonly direction: Direction;
  readonly method: Method;
  /** passive: a peer drives it. */
  readonly role: "driver" | "passive";
  readonly peer: { readonly nodeId: string; readonly name: string };
  readonly sourceName: string;
  readonly targetName: string;
  readonly options: FullSyncOptions;
  readonly status: Status;
  readonly phase: Phase | null;
  /** "Step 3 of 5". */
  readonly step: number;
  readonly steps: number;
  /** For people: "Transferring backup…". */
  readonly currentStep: string;
  /** Of all, 0 to 100. */
  readonly progress: number;
  readonly phaseProgress: number;
  /** Before compression. */
  readonly bytesTransferred: number;
  readonly totalBytes: number;
  /** Bytes per second. */
  readonly transferSpeed: number | null;
  /** Seconds. */
  readonly estimatedTimeRemaining: number | null;
  readonly estimatedCompletion: string | null;
  readonly startedAt: string;
  readonly updatedAt: string;
  readonly completedAt: string | null;
  readonly rows: RowCounts | null;
  readonly tables: readonly TableReport[];
  /** What a person should know: fallbacks, columns and tables that are left out. */
  readonly notes: readonly string[];
  readonly verified: boolean | null;
  readonly error: { readonly message: string; readonly next: string | null } | null;
}

export interface LogLine {
  readonly id: number;
  readonly at: string;
  readonly phase: Phase | null;
  readonly level: "info" | "warning" | "error";
  readonly text: string;
}

/** Who asks the admin API. */
export interface Operator {
  readonly name: string;
  readonly role: "viewer" | "operator";
}

export interface PeriodicStatus {
  readonly enabled: boolean;
  readonly everySeconds: number;
  readonly peer: string | null;
  readonly tables: readonly string[];
  readonly state: "off" | "idle" | "exchanging" | "paused" | "failing";
  readonly pausedBecause: string | null;
  readonly lastExchange: string | null;
  /** How old the oldest write is that waits to be sent, or since when no exchange worked. */
  readonly lagSeconds: number | null;
  readonly pendingChanges: number;
  readonly conflicts: number;
  readonly error: string | null;
}
