import type { ChunkStore } from "./chunk-store.ts";
import { restoreResultSchema, tableReportsSchema } from "./side.ts";

/** What a session has committed to this side's database, as it is kept on the disk. */
export interface Written {
  readonly isWhole: boolean;
  /** Table by table: those that are done. */
  readonly tables: readonly string[];
}

export function writtenBy(store: ChunkStore): Written {
  const reports = store.kept("restored", tableReportsSchema) ?? [];
  return {
    isWhole: store.kept("restore", restoreResultSchema) !== undefined,
    tables: reports.filter(({ inserted, updated }) => inserted + updated > 0).map(({ table }) => table),
  };
}

/** Nobody is told that the target is as it was when it is not. */
export function andWritten(message: string, tables: readonly string[]): string {
  return tables.length > 0 ? `${message}. Written before that, and stays: ${tables.join(", ")}` : message;
}
