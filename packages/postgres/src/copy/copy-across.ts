import { pipeline } from "node:stream/promises";
import type { Connection } from "../connect.ts";
import { copyIn } from "./copy-in.ts";
import { copyOut } from "./copy-out.ts";
import type { CopyFormat } from "./run-copy.ts";

export interface CopySource {
  readonly connection: Connection;
  readonly select: string;
}

export interface CopyTarget {
  readonly connection: Connection;
  readonly table: { readonly schema: string; readonly name: string };
  /** In the order of what is selected. */
  readonly columns: readonly string[];
}

export interface CopyOptions {
  readonly format?: CopyFormat;
  readonly onBytes?: (bytes: number) => void;
  readonly signal?: AbortSignal;
}

/**
 * Stream what a SELECT of one server gives into a table of another; memory stays flat whatever the size of rows and values.
 * A failure on either side, or `signal`, closes both connections: nothing of the rows stays, and no backend goes on.
 * @param options.onBytes told of each part that went across, by its size in bytes.
 * @returns rows as the servers counted them, and the bytes that went across.
 * @throws PostgresError in the words of the side that failed first; the signal's reason.
 */
export async function copyAcross(
  from: CopySource,
  to: CopyTarget,
  { format = "text", onBytes, signal }: CopyOptions = {},
): Promise<{ rows: number; bytes: number }> {
  signal?.throwIfAborted();
  let bytes = 0;
  const target = copyIn(to.connection, to.table, to.columns, format);
  const source = copyOut(from.connection, from.select, format);
  const counted = async function* (parts: AsyncIterable<Buffer>) {
    for await (const part of parts) {
      bytes += part.length;
      onBytes?.(part.length);
      yield part;
    }
  };
  try {
    await pipeline(source, counted, target, { signal });
  } catch (error) {
    await Promise.all([from.connection.close(), to.connection.close()]);
    signal?.throwIfAborted();
    throw error;
  }
  return { rows: target.rows, bytes };
}
