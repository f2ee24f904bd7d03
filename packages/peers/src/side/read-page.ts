import { sha256 } from "@understudy/core";
import { type Connection, copyOut } from "@understudy/postgres";
import type { CarriedTable } from "../sql/carried-table.ts";
import { loosePageSql, pageSql } from "../sql/select.ts";
import { lastRow, splitFirst } from "../transfer/copy-text.ts";
import { RowCutter } from "../transfer/cut-rows.ts";
import type { Page, PageRequest } from "./side.ts";

/** Bytes from which a page is full: worth a request, and little enough to be held. */
const full = 4_000_000;

/** A page of a table's rows: in the order of its key, or without one in that of the rows' hashes. */
export async function readPage(
  session: Connection,
  table: CarriedTable,
  { after, limit }: Pick<PageRequest, "after" | "limit">,
  conditions: readonly string[],
): Promise<Page> {
  if (table.key.length === 0) return await readLoosePage(session, table, { after, limit }, conditions);
  const { bytes, isWhole } = await firstRows(copyOut(session, pageSql(table, after, limit, conditions)), full);
  const count = countRows(bytes);
  return pageOf(bytes, count, isWhole && count < limit ? null : keyOf(table, bytes));
}

async function readLoosePage(
  session: Connection,
  table: CarriedTable,
  { after = [], limit }: Pick<PageRequest, "after" | "limit">,
  conditions: readonly string[],
): Promise<Page> {
  const { bytes, isWhole } = await firstRows(copyOut(session, loosePageSql(table, after, limit, conditions)), full);
  const { first: hashes, rest } = splitFirst(bytes);
  return pageOf(rest, hashes.length, isWhole && hashes.length < limit ? null : placeAfter(hashes, after));
}

/** The last hash of a page, and how many of its rows were given by then. */
export function placeAfter(hashes: readonly string[], [hash, given = "0"]: readonly string[]): string[] {
  const last = hashes.at(-1) ?? "";
  const here = hashes.length - hashes.indexOf(last);
  return [last, String(last === hash ? Number(given) + here : here)];
}

/** Whole rows, until there are enough bytes: the server is then told to stop, by the end of the session. */
async function firstRows(
  rows: AsyncIterable<Buffer>,
  enough: number,
): Promise<{ readonly bytes: Buffer; readonly isWhole: boolean }> {
  const cutter = new RowCutter(enough);
  const pieces: Buffer[] = [];
  for await (const part of rows) {
    for (const { bytes, last } of cutter.cut(part)) {
      pieces.push(bytes);
      if (last) return { bytes: Buffer.concat(pieces), isWhole: false };
    }
  }
  return { bytes: Buffer.concat(pieces), isWhole: true };
}

function pageOf(bytes: Buffer, count: number, last: string[] | null): Page {
  const rows = bytes.toString("utf8");
  return { rows, count, last, sha256: sha256(rows) };
}

/** Of its last row, as texts. */
function keyOf({ key, columns }: CarriedTable, page: Buffer): string[] {
  const values = lastRow(page);
  return key.map(({ name }) => values[columns.findIndex((column) => column.name === name)] ?? "");
}

function countRows(bytes: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf(0x0a); at !== -1; at = bytes.indexOf(0x0a, at + 1)) count++;
  return count;
}
