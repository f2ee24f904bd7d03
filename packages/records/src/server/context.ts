import type { Entity } from "../entity.ts";
import type { Strategy } from "../rules/decide.ts";
import type { Rules } from "../rules/rules.ts";
import type { Dialect } from "../store/dialect.ts";

/** What the server's work stands on. */
export interface ServerContext {
  readonly dialect: Dialect;
  readonly rules: Rules;
  readonly entities: ReadonlyMap<string, Entity>;
  readonly strategyOf: (entityType: string) => Strategy;
  readonly schemaVersion: string;
  /** ms since the epoch. */
  readonly now: number;
  /** A stamp may be so far ahead of now, ms. */
  readonly futureBound: number;
}
