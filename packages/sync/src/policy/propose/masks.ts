import type { MaskRule } from "../policy.ts";

/** A rule that masks. */
export function masked(masker: string, distinct = false): MaskRule {
  return { kind: "mask", masker, distinct, person: undefined, options: {} };
}

/** A rule by which all values are the same. */
export function fixed(value: string): MaskRule {
  return { ...masked("fixed"), options: { value } };
}
