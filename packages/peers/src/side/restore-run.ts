import { UserError } from "@understudy/core";
import { type Connection, readSequences } from "@understudy/postgres";
import { type Bucket, differing } from "../plan/buckets.ts";
import type { Look } from "../plan/look.ts";
import type { CarriedTable } from "../sql/carried-table.ts";
import { orphanChecks } from "../sql/foreign-keys.ts";
import { digestSql } from "../sql/hash.ts";
import { notDemo } from "../sql/select.ts";
import { sequenceSteps } from "../sql/sequences.ts";
import { stageOf } from "../sql/stage.ts";
import type { Manifest, SentTable } from "../transfer/chunk.ts";
import type { TableReport } from "../types.ts";
import type { SideSettings } from "./backup.ts";
import type { ChunkStore } from "./chunk-store.ts";
import { loadStage } from "./load-stage.ts";
import type { OnProgress, RestoreRequest } from "./side.ts";
import { compareTable, hearWrites, type Staged, verifyTable, writeTable } from "./write-table.ts";

/** A statement that waits longer for a lock, ms, ends the restore, and the target stays as it was. */
const lockTimeout = 60_000;

/** A table, and what was sent of it. */
export interface TableWork {
  readonly table: CarriedTable;
  readonly sent: SentTable;
  readonly chunks: Manifest["chunks"];
}

/** A table on its way. Without a stage nothing was sent of it. */
interface TableRun {
  readonly work: TableWork;
  readonly staged: Staged | undefined;
  readonly report: TableReport;
}

export interface RestoreParts {
  readonly session: Connection;
  readonly store: ChunkStore;
  readonly request: RestoreRequest;
  readonly look: Look;
  readonly demo: SideSettings["demo"];
  readonly onProgress: OnProgress;
  readonly commit: () => Promise<void>;
}

/** What a restore does within its session. */
export class RestoreRun {
  readonly #parts: RestoreParts;
  readonly #progress: ReturnType<typeof progressOf>;

  constructor(parts: RestoreParts) {
    this.#parts = parts;
    this.#progress = progressOf(parts.request.manifest, parts.onProgress);
  }

  /** One transaction. @param before what the transactions before it wrote */
  async group(
    works: readonly TableWork[],
    { before, isLast }: { readonly before: readonly TableReport[]; readonly isLast: boolean },
  ): Promise<TableReport[]> {
    const { session, request, commit } = this.#parts;
    await session.query("BEGIN");
    await session.query(`SET LOCAL lock_timeout = ${lockTimeout}`);
    const planned: TableRun[] = [];
    for (const work of works) planned.push(await this.#convert(work));
    if (request.planOnly) {
      await session.query("ROLLBACK");
      return planned.map(({ report }) => report);
    }
    // The server's own triggers and checks of foreign keys rest, where the rows were written first they did their work: ours follow.
    await session.query("SET LOCAL session_replication_role = replica");
    const written: TableRun[] = [];
    for (const run of planned) {
      this.#progress.step("restore", written.length / planned.length, run.report.table);
      written.push({ ...run, report: run.staged ? await this.#write(run.staged, run.report) : run.report });
    }
    const now = written.map(({ report }) => report);
    // Who refers to a row that was updated may be updated itself by a later transaction.
    await this.#assertNoOrphans(now, isLast ? [...before, ...now] : []);
    const reports: TableReport[] = [];
    for (const run of written) {
      this.#progress.step("verify", reports.length / written.length, run.report.table);
      reports.push(await this.#verify(run));
    }
    const sequences = isLast ? request.manifest.sequences : [];
    for (const step of sequenceSteps(sequences, await readSequences(session))) await session.query(step);
    await commit();
    return reports;
  }

  /** Table by table, what was written is told when the session ends. */
  get #unwritten(): string {
    return this.#parts.request.steps === "one-transaction" ? "; nothing was written" : "";
  }

  async #convert(work: TableWork): Promise<TableRun> {
    const { table, sent, chunks } = work;
    if (chunks.length === 0) return { work, staged: undefined, report: unchanged(table, sent) };
    const { session, store } = this.#parts;
    const stage = stageOf(this.#progress.nextStage());
    const { id } = table.look;
    await loadStage(session, { table, stage, chunks }, store, (bytes) => this.#progress.loaded(bytes, id));
    const staged = { table, stage, sent };
    const report = await compareTable(session, staged);
    if (report.verified === false) {
      throw new UserError(`${id}: ${report.notes.at(-1)}`, { next: "Start the full sync again" });
    }
    return { work, staged, report };
  }

  async #write(staged: Staged, planned: TableReport): Promise<TableReport> {
    const { session } = this.#parts;
    await hearWrites(session, staged.table, true);
    const report = await writeTable(session, staged, planned);
    await hearWrites(session, staged.table, false);
    return report;
  }

  async #verify({ work, staged, report }: TableRun): Promise<TableReport> {
    const { session, request } = this.#parts;
    if (!request.verify) return report;
    const verified = staged ? await verifyTable(session, staged, report) : { ...report, verified: true };
    // Where rows were skipped it was said; everything else is a fault, and is taken back.
    if (verified.verified === false && verified.skipped === 0) {
      throw new UserError(`${verified.table} is not what was sent: ${verified.notes.at(-1)}`, {
        next: `Look for triggers and rules that change rows (ENABLE ALWAYS)${this.#unwritten}`,
      });
    }
    if (await this.#isStillSame(work)) return verified;
    const note = "rows that were the same on both sides were changed here meanwhile: another run compares them again";
    return { ...verified, verified: false, notes: [...verified.notes, note] };
  }

  /** Whether the parts that were not sent are still as the source has them. */
  async #isStillSame({ table, sent }: TableWork): Promise<boolean> {
    if (sent.same.length === 0) return true;
    const { session, demo } = this.#parts;
    const there = await session.query<Bucket>(digestSql(table, notDemo(demo, table.look.id)));
    return differing(sent.same, there).length === 0;
  }

  async #assertNoOrphans(now: readonly TableReport[], all: readonly TableReport[]): Promise<void> {
    const { session, look, request } = this.#parts;
    const keys = new Map(request.plan.tables.map(({ table, key }) => [table, key]));
    const written = new Set(now.filter((one) => one.inserted + one.updated > 0).map(({ table }) => table));
    const updated = new Map(all.filter((one) => one.updated > 0).map(({ table }) => [table, keys.get(table) ?? []]));
    for (const { name, references, sql } of orphanChecks(look, written, updated)) {
      const [row] = await session.query<{ rows: number }>(sql);
      if (!row || row.rows === 0) continue;
      throw new UserError(`${name}: ${row.rows} rows would refer to rows of ${references} that are not here`, {
        next: `Let ${references} be carried too (peers.leaveOut, peers.demo, pnpm sync:full --plan)${this.#unwritten}`,
      });
    }
  }
}

function unchanged(table: CarriedTable, { rows }: SentTable): TableReport {
  const none = { inserted: 0, updated: 0, skipped: 0, conflicts: [], verified: null };
  return { table: table.look.id, rows, unchanged: rows, ...none, notes: table.plan.notes };
}

function progressOf({ chunks }: Manifest, onProgress: OnProgress) {
  const total = chunks.reduce((sum, { bytes }) => sum + bytes, 0) || 1;
  let loaded = 0;
  let stages = 0;
  return {
    nextStage: () => stages++,
    loaded(bytes: number, at: string): void {
      loaded += bytes;
      onProgress({ phase: "convert", fraction: loaded / total, at });
    },
    step: (phase: "restore" | "verify", fraction: number, at: string) => onProgress({ phase, fraction, at }),
  };
}
