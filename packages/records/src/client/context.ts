import type { Entity } from "../entity.ts";
import type { Rules } from "../rules/rules.ts";
import type { Dialect } from "../store/dialect.ts";

/** What a node's work stands on. */
export interface NodeContext {
  readonly dialect: Dialect;
  readonly rules: Rules;
  readonly entities: ReadonlyMap<string, Entity>;
  readonly nodeId: string;
  /** ms since the epoch, and the same as it is written. */
  readonly now: number;
  readonly at: string;
}
