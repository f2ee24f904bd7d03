/**
 * SQL that fails the query with a message. As nothing may be created on production, it is a number that is none.
 * @param message SQL of type `text` that depends on a row: a constant would fail before any row is read.
 */
export function failure(message: string): string {
  return `('understudy: ' || ${message})::int::text`;
}
