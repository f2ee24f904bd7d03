import { mkdirSync } from "node:fs";
import { statfs } from "node:fs/promises";
import type { Readable } from "node:stream";
import { type Connection, type ConnectOptions, connect, readSequences } from "@understudy/postgres";
import type { Bucket, TableDigest } from "../plan/buckets.ts";
import type { Look } from "../plan/look.ts";
import type { Plan } from "../plan/plan.ts";
import { carriedTable } from "../sql/carried-table.ts";
import { digestSql } from "../sql/hash.ts";
import { notDemo } from "../sql/select.ts";
import { sentSequences } from "../sql/sequences.ts";
import { type Chunk, type Manifest, manifestSchema } from "../transfer/chunk.ts";
import { assertMayBeSynced } from "./assert-may-be-synced.ts";
import { assertSameSchema } from "./assert-same-schema.ts";
import { backUp, type SideSettings } from "./backup.ts";
import { ChunkStore } from "./chunk-store.ts";
import { inParallel } from "./in-parallel.ts";
import { readLook } from "./read-look.ts";
import { readPage } from "./read-page.ts";
import { restore } from "./restore.ts";
import {
  type BackupRequest,
  type OnProgress,
  type Page,
  type PageRequest,
  type RestoreRequest,
  type RestoreResult,
  restoreResultSchema,
  type Side,
} from "./side.ts";
import { type Written, writtenBy } from "./written.ts";

export interface LocalOptions extends SideSettings {
  readonly name: string;
  readonly database: ConnectOptions;
  /** Where chunks lie, a folder a session. */
  readonly folder: string;
}

/** This server's side: its own database and disk. */
export class LocalSide implements Side {
  readonly name: string;
  readonly #options: LocalOptions;
  #manifest: { readonly sessionId: string; readonly manifest: Manifest } | undefined;

  constructor(options: LocalOptions) {
    this.name = options.name;
    this.#options = options;
  }

  async look(signal: AbortSignal): Promise<Look> {
    const { database, folder, leaveOut } = this.#options;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const { bavail, bsize } = await statfs(folder);
    return await reading(database, signal, (session) =>
      readLook(session, { freeBytes: bavail * bsize, clock: Date.now(), leaveOut: [...leaveOut] }),
    );
  }

  async digest(_sessionId: string, plan: Plan, signal: AbortSignal): Promise<TableDigest[]> {
    const { database, demo, leaveOut, atOnce } = this.#options;
    assertMayBeSynced(plan.tables, leaveOut);
    const look = await reading(database, signal, (session) => readLook(session));
    assertSameSchema(look, plan.fingerprints.target);
    const tables = plan.tables.map((one) => carriedTable(look, one));
    return await inParallel(tables, atOnce, (table) =>
      reading(database, signal, async (session) => {
        const buckets = await session.query<Bucket>(digestSql(table, notDemo(demo, table.look.id)));
        return { table: table.look.id, buckets };
      }),
    );
  }

  async backup(
    sessionId: string,
    request: BackupRequest,
    onProgress: OnProgress,
    signal: AbortSignal,
  ): Promise<Manifest> {
    const { database } = this.#options;
    const store = this.#store(sessionId);
    const kept = store.kept("backup", manifestSchema);
    return kept ?? (await backUp(database, store, request, this.#options, onProgress, signal));
  }

  async sequences(signal: AbortSignal): Promise<Manifest["sequences"]> {
    return await reading(this.#options.database, signal, async (session) =>
      sentSequences(await readSequences(session)),
    );
  }

  async page(request: PageRequest, signal: AbortSignal): Promise<Page> {
    const { database, demo, leaveOut } = this.#options;
    const { plan } = request;
    assertMayBeSynced([plan], leaveOut);
    return await reading(database, signal, async (session) => {
      const table = carriedTable(await readLook(session), plan);
      return await readPage(session, table, request, notDemo(demo, plan.table));
    });
  }

  async read(sessionId: string, chunk: Chunk): Promise<Readable> {
    return this.#store(sessionId).read(chunk);
  }

  async received(sessionId: string): Promise<number[]> {
    return this.#store(sessionId).received();
  }

  async write(sessionId: string, chunk: Chunk, bytes: AsyncIterable<Buffer>): Promise<void> {
    await this.#store(sessionId).write(chunk, bytes);
  }

  async restore(
    sessionId: string,
    request: RestoreRequest,
    onProgress: OnProgress,
    signal: AbortSignal,
  ): Promise<RestoreResult> {
    const store = this.#store(sessionId);
    const kept = store.kept(request.planOnly ? "planned" : "restore", restoreResultSchema);
    return kept ?? (await restore(this.#options.database, store, request, this.#options, onProgress, signal));
  }

  /** Of a backup that is whole. It is asked for with every chunk, and may be long. */
  keptManifest(sessionId: string): Manifest | undefined {
    if (this.#manifest?.sessionId !== sessionId) {
      const manifest = this.#store(sessionId).kept("backup", manifestSchema);
      this.#manifest = manifest && { sessionId, manifest };
    }
    return this.#manifest?.manifest;
  }

  written(sessionId: string): Written {
    return writtenBy(this.#store(sessionId));
  }

  /** Remove what a session that has ended left on this side's disk. */
  forget(sessionId: string): void {
    this.#manifest = undefined;
    this.#store(sessionId).forget();
  }

  #store(sessionId: string): ChunkStore {
    return new ChunkStore(this.#options.folder, sessionId);
  }
}

/** A session that only reads, for one piece of work; it is cut off when `signal` says so. */
async function reading<T>(
  database: ConnectOptions,
  signal: AbortSignal,
  work: (session: Connection) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted();
  await using session = await connect({ ...database, bulk: true, readOnly: true });
  const end = () => void session.close();
  signal.addEventListener("abort", end);
  try {
    return await work(session);
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    signal.removeEventListener("abort", end);
  }
}
