import { z } from "zod";
import type { MaskRule } from "../../policy/policy.ts";

/** What is said of a part of a value: `keep`, `null`, the name of a masker, or a masker with options. */
export const partRule = z.union(
  [
    z.string().transform((word) => (word === "keep" || word === "null" ? word : maskRule({ mask: word }))),
    z
      .looseObject({ mask: z.string(), distinct: z.boolean().optional(), person: z.string().optional() })
      .transform(maskRule),
  ],
  { error: "must be keep, null, the name of a masker, or { mask: …, … }" },
);

export type PartRule = z.output<typeof partRule>;

interface Said {
  readonly mask: string;
  readonly distinct?: boolean | undefined;
  readonly person?: string | undefined;
  readonly [option: string]: unknown;
}

function maskRule({ mask, distinct = false, person, ...options }: Said): MaskRule {
  return { kind: "mask", masker: mask, distinct, person, options };
}
