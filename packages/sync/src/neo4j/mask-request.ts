import type { MaskRule } from "../policy/policy.ts";

/** Values of one property on their way to be masked. */
export interface MaskRequest {
  readonly rule: MaskRule;
  /** The SQL type that the values are of; they come and go as its text. */
  readonly type: "text" | "bigint" | "double precision" | "date";
  /** How many values there may be, for how many bits of a hash keep them apart. */
  readonly rows: number;
  /** None is empty. */
  readonly values: readonly string[];
  /** For each value the key of its person, empty where there is none; undefined: the rule names no property for that. */
  readonly persons: readonly string[] | undefined;
}

/**
 * Masks values, in order: in SQL, in production's own Postgres session, so that graph and databases share one implementation
 * and one value becomes the same mask in both.
 */
export type MaskValues = (request: MaskRequest) => Promise<readonly string[]>;
