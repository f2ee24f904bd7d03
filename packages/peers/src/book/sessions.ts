import type { DatabaseSync, SQLInputValue } from "node:sqlite";
import { isAlive, secrets } from "@understudy/core";
import { sayDisk } from "../disk-full.ts";
import { before, hasEnded, isStuck } from "../session/life.ts";
import type { LogLine, Phase, Session, Status } from "../types.ts";
import { type Outcome, type SessionRow, toSession } from "./session-row.ts";

export type NewSession = Pick<
  Session,
  "sessionId" | "direction" | "method" | "role" | "peer" | "sourceName" | "targetName" | "options"
>;

/** What changes while a session runs. */
export type Progress = Partial<
  Pick<
    Session,
    | "phase"
    | "currentStep"
    | "progress"
    | "phaseProgress"
    | "bytesTransferred"
    | "totalBytes"
    | "transferSpeed"
    | "estimatedTimeRemaining"
    | "estimatedCompletion"
  >
>;

/** The table FullSyncSessions and its log. Several processes write to it: a verb's, the agent's. */
export class Sessions {
  readonly #db: DatabaseSync;
  readonly #clock: () => number;

  constructor(db: DatabaseSync, clock: () => number) {
    this.#db = db;
    this.#clock = clock;
  }

  insert({ sessionId, direction, method, role, peer, sourceName, targetName, options }: NewSession): void {
    const now = this.#now();
    this.#run(
      `INSERT INTO FullSyncSessions (sessionId, direction, method, role, peerNodeId, peerName, sourceName, targetName, options,
        status, currentStep, startedAt, updatedAt, pid, heartbeat) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'running', 'Starting…', ?, ?, ?, ?)`,
      ...[sessionId, direction, method, role, peer.nodeId, peer.name, sourceName, targetName, JSON.stringify(options)],
      ...[now, now, process.pid, this.#clock()],
    );
  }

  /** Write down how far it is. Of a session that does not run any more, nothing is changed. */
  update(sessionId: string, fields: Progress): void {
    const names = Object.keys(fields);
    const set = names.map((name) => `${name} = ?`);
    const values = Object.values(fields) as SQLInputValue[];
    this.#run(
      `UPDATE FullSyncSessions SET ${[...set, "updatedAt = ?", "heartbeat = ?"].join(", ")} WHERE sessionId = ? AND status = 'running'`,
      ...values,
      this.#now(),
      this.#clock(),
      sessionId,
    );
  }

  note(sessionId: string, outcome: Partial<Outcome>): void {
    const known = this.get(sessionId);
    if (!known) return;
    const { rows, tables, notes, verified } = known;
    const value = JSON.stringify({ rows, tables, notes, verified, ...outcome });
    this.#run(
      "UPDATE FullSyncSessions SET outcome = ?, updatedAt = ? WHERE sessionId = ?",
      value,
      this.#now(),
      sessionId,
    );
  }

  /** Sign of life, without news. */
  beat(sessionId: string): void {
    this.#run("UPDATE FullSyncSessions SET heartbeat = ? WHERE sessionId = ?", this.#clock(), sessionId);
  }

  /** ms since the last sign of life. */
  silentFor(sessionId: string): number {
    const row = this.#db.prepare("SELECT heartbeat FROM FullSyncSessions WHERE sessionId = ?").get(sessionId);
    return this.#clock() - ((row as { heartbeat: number } | undefined)?.heartbeat ?? 0);
  }

  /** Returns whether it may become that. */
  become(
    sessionId: string,
    status: Status,
    error?: { readonly message: string; readonly next?: string | undefined },
  ): boolean {
    const now = this.#now();
    const from = before(status);
    const told = error
      ? JSON.stringify(secrets.redactData({ message: error.message, next: error.next ?? null }))
      : null;
    const { changes } = this.#run(
      `UPDATE FullSyncSessions SET status = ?, error = ?, updatedAt = ?, completedAt = ?, pid = ?, heartbeat = ?,
        estimatedTimeRemaining = NULL, estimatedCompletion = NULL,
        progress = CASE WHEN ? THEN 100 ELSE progress END, phaseProgress = CASE WHEN ? THEN 100 ELSE phaseProgress END
       WHERE sessionId = ? AND status IN (${from.map(() => "?").join(", ")})`,
      ...[status, told, now, hasEnded(status) ? now : null, process.pid, this.#clock()],
      ...[Number(status === "completed"), Number(status === "completed"), sessionId, ...from],
    );
    return changes === 1;
  }

  /** Ask whoever drives it to end it. */
  cancel(sessionId: string, by: string): void {
    this.#run("UPDATE FullSyncSessions SET cancelledBy = ? WHERE sessionId = ? AND cancelledBy IS NULL", by, sessionId);
  }

  cancelledBy(sessionId: string): string | undefined {
    const row = this.#db.prepare("SELECT cancelledBy FROM FullSyncSessions WHERE sessionId = ?").get(sessionId);
    return (row as { cancelledBy: string | null } | undefined)?.cancelledBy ?? undefined;
  }

  get(sessionId: string): Session | undefined {
    return this.#read("WHERE sessionId = ?", sessionId)[0];
  }

  /** Newest first. @param before `startedAt` of the last one that is known */
  list({ limit = 50, before }: { readonly limit?: number; readonly before?: string | undefined } = {}): Session[] {
    return this.#read("WHERE startedAt < ? ORDER BY startedAt DESC, rowid DESC LIMIT ?", before ?? "9", limit);
  }

  /** Those that changed at or after a moment, oldest change first. */
  changedSince(updatedAt: string): Session[] {
    return this.#read("WHERE updatedAt >= ? ORDER BY updatedAt LIMIT 100", updatedAt);
  }

  /** Those that run, then those that could go on. */
  unfinished(): Session[] {
    return this.#read("WHERE status IN ('running', 'interrupted') ORDER BY status DESC, startedAt");
  }

  /** Call interrupted what is said to run and does not. Returns those. */
  markStuck(): Session[] {
    const rows = this.#db
      .prepare("SELECT sessionId, status, pid, heartbeat FROM FullSyncSessions WHERE status = 'running'")
      .all() as unknown as { sessionId: string; status: Status; pid: number; heartbeat: number }[];
    const stuck = rows.filter(({ pid, ...pulse }) => isStuck({ ...pulse, processAlive: isAlive(pid) }, this.#clock()));
    return stuck.flatMap(({ sessionId }) => {
      this.become(sessionId, "interrupted", {
        message: "The process that drove it ended",
        next: "Resume it (the same pnpm sync:full again), or pnpm sync:clear-stuck",
      });
      return this.get(sessionId) ?? [];
    });
  }

  log(sessionId: string, level: LogLine["level"], text: string, phase: Phase | null = null): void {
    this.#run(
      "INSERT INTO FullSyncLog (sessionId, at, phase, level, text) VALUES (?, ?, ?, ?, ?)",
      ...[sessionId, this.#now(), phase, level, secrets.redact(text)],
    );
  }

  logOf(sessionId: string, after = 0, limit = 1_000): LogLine[] {
    return this.#db
      .prepare("SELECT id, at, phase, level, text FROM FullSyncLog WHERE sessionId = ? AND id > ? ORDER BY id LIMIT ?")
      .all(sessionId, after, limit) as unknown as LogLine[];
  }

  logAfter(id: number): (LogLine & { readonly sessionId: string })[] {
    return this.#db
      .prepare("SELECT id, sessionId, at, phase, level, text FROM FullSyncLog WHERE id > ? ORDER BY id LIMIT 500")
      .all(id) as unknown as (LogLine & { sessionId: string })[];
  }

  newestLog(): number {
    const row = this.#db.prepare("SELECT coalesce(max(id), 0) AS id FROM FullSyncLog").get();
    return (row as { id: number }).id;
  }

  /** Forget ended sessions that began before a moment. */
  forgetBefore(startedAt: string): void {
    const ended = "startedAt < ? AND status IN ('completed', 'failed', 'cancelled')";
    this.#run(
      `DELETE FROM FullSyncLog WHERE sessionId IN (SELECT sessionId FROM FullSyncSessions WHERE ${ended})`,
      startedAt,
    );
    this.#run(`DELETE FROM FullSyncSessions WHERE ${ended}`, startedAt);
  }

  #read(rest: string, ...values: SQLInputValue[]): Session[] {
    const rows = this.#db.prepare(`SELECT * FROM FullSyncSessions ${rest}`).all(...values) as unknown as SessionRow[];
    return rows.map(toSession);
  }

  #run(sql: string, ...values: SQLInputValue[]) {
    try {
      return this.#db.prepare(sql).run(...values);
    } catch (error) {
      return sayDisk(error);
    }
  }

  #now(): string {
    return new Date(this.#clock()).toISOString();
  }
}
