import type { Filters } from "../books/nodes.ts";
import type { Row } from "../values/kind.ts";

/** Whether a node sees a row. One that is gone is seen by all: nothing of it is left to see. */
export function isVisible(filters: Filters, entityType: string, row: Row | null): boolean {
  const wanted = filters[entityType];
  if (!wanted || row === null) return true;
  return Object.entries(wanted).every(([column, value]) => row[column] === value);
}
