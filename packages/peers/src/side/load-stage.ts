import { createHash } from "node:crypto";
import { pipeline } from "node:stream/promises";
import { UserError } from "@understudy/core";
import { type Connection, copyIn, quoteTable } from "@understudy/postgres";
import type { CarriedTable } from "../sql/carried-table.ts";
import { createStageSql, type Stage } from "../sql/stage.ts";
import type { Chunk } from "../transfer/chunk.ts";
import type { ChunkStore } from "./chunk-store.ts";

/** Load a table's chunks into a temporary table that stands beside it. */
export async function loadStage(
  session: Connection,
  { table, stage, chunks }: { readonly table: CarriedTable; readonly stage: Stage; readonly chunks: readonly Chunk[] },
  store: ChunkStore,
  onBytes: (bytes: number) => void,
): Promise<void> {
  await session.query(createStageSql(table, stage));
  const target = copyIn(session, stage, table.plan.columns);
  const read = async function* () {
    for (const chunk of chunks) {
      const hash = createHash("sha256");
      for await (const bytes of store.read(chunk)) {
        hash.update(bytes);
        onBytes(bytes.length);
        yield bytes;
      }
      // It was right when it arrived.
      if (hash.digest("hex") !== chunk.sha256) throw damaged(chunk);
    }
  };
  await pipeline(read, target);
  await session.query(`ANALYZE ${quoteTable(stage)}`);
}

function damaged({ no }: Chunk): UserError {
  return new UserError(`Chunk ${no} was damaged on this side's disk`, { next: "Check the disk, and start again" });
}
