import { UserError } from "@understudy/core/light";

/** A stretch of time, ms since the epoch; `to` is not in it. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

export interface PageQuery extends Range {
  /** `next` of the page before. */
  readonly cursor?: string | undefined;
  /** Items on the page, 1 to 500. Default 100. */
  readonly limit?: number | undefined;
}

export interface Page<Item> {
  readonly items: readonly Item[];
  /** Cursor of the next page; absent on the last. */
  readonly next?: string;
}

/** A row's place in a list that is sorted by time and then id. */
interface Place {
  readonly at: number;
  readonly id: number;
}

/**
 * One page, newest first.
 * @param rows those before a place, newest first, at most so many
 */
export function newestFirst<Item>(
  { cursor, limit = 100 }: PageQuery,
  rows: (before: Place, limit: number) => readonly (Place & { readonly item: Item })[],
): Page<Item> {
  const size = pageSize(limit);
  const found = rows(cursor === undefined ? end : placeOf(cursor), size + 1);
  const items = found.slice(0, size).map(({ item }) => item);
  const last = found[size - 1];
  return found.length > size && last ? { items, next: `${last.at}-${last.id}` } : { items };
}

/** @throws UserError if it is none */
export function pageSize(limit: number): number {
  if (Number.isInteger(limit) && limit >= 1 && limit <= 500) return limit;
  throw new UserError(`limit must be a whole number from 1 to 500, not ${limit}`, { exitCode: 2 });
}

const end: Place = { at: Number.MAX_SAFE_INTEGER, id: Number.MAX_SAFE_INTEGER };

function placeOf(cursor: string): Place {
  const [, at, id] = /^(\d{1,15})-(\d{1,15})$/.exec(cursor) ?? [];
  if (at !== undefined && id !== undefined) return { at: Number(at), id: Number(id) };
  throw new UserError(`"${cursor.slice(0, 40)}" is no cursor`, { next: "Take next of the page before", exitCode: 2 });
}
