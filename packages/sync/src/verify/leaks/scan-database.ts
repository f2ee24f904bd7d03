import { type Connection, copyOut, readCatalog } from "@understudy/postgres";
import { inParallel } from "../../in-parallel.ts";
import type { TablePlan } from "../../plan/table-plan.ts";
import { catalogRows } from "./catalog-rows.ts";
import { CopyScanner } from "./copy-scanner.ts";
import type { Search } from "./search.ts";
import { type Rows, tableRows } from "./table-rows.ts";

export interface ScanProgress {
  /** What is being searched, e.g. `app: public.orders`. */
  readonly about: string;
  /** Of COPY text, since the last call. */
  readonly bytes: number;
  readonly rows: number;
}

/**
 * Search a database of the copy: every row of every table and materialized view, statistics, comments, definitions, large objects.
 * @param connections sessions of that database, each used by this alone meanwhile.
 * @param plans what was done with its tables.
 */
export async function scanDatabase(
  search: Search,
  connections: readonly Connection[],
  database: string,
  plans: readonly TablePlan[],
  options: { readonly onProgress?: (progress: ScanProgress) => void; readonly signal?: AbortSignal } = {},
): Promise<void> {
  const [connection] = connections;
  if (!connection) throw new Error("nothing to search with");
  const { tables } = await readCatalog(connection);
  const byId = new Map(plans.map((plan) => [plan.table.id, plan]));
  const largestFirst = [...tables].sort((a, b) => b.bytes - a.bytes);
  const rows = [
    ...largestFirst.flatMap((table) => tableRows(database, table, byId.get(table.id)) ?? []),
    ...catalogRows(database),
  ];
  await inParallel(connections, rows, (session, item) => scanRows(search, session, item, options));
}

async function scanRows(
  search: Search,
  session: Connection,
  { about, select, row }: Rows,
  { onProgress, signal }: { onProgress?: (progress: ScanProgress) => void; signal?: AbortSignal },
): Promise<void> {
  const scanner = new CopyScanner(search.fingerprints, search.finds, row);
  if (search.isDecided) return;
  for await (const chunk of copyOut(session, select)) {
    signal?.throwIfAborted();
    scanner.read(chunk);
    onProgress?.({ about, bytes: chunk.length, rows: scanner.takeRows() });
    await search.proveWhenFull();
    // Ends the stream, and its session with it.
    if (search.isDecided) return;
  }
}
