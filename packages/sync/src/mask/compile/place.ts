import type { TypeShape } from "@understudy/postgres";

/** A value that is to be masked: a column, or a part of one. */
export interface Place {
  /** For people, below the table: `address`, `address.street`. */
  readonly path: string;
  /** SQL expression of it, safe beside any operator. */
  readonly value: string;
  /** As SQL names it. */
  readonly type: string;
  readonly shape: TypeShape;
}
