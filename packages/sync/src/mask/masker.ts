import type { TypeShape } from "@understudy/postgres";
import type { z } from "zod";
import type { MaskedValue } from "./compile/masked-value.ts";
import type { PartRule } from "./compile/part-rule.ts";
import type { Place } from "./compile/place.ts";

/** What a masker makes SQL from. All SQL is computed in the query on production's side, without any object there. */
export interface MaskInput {
  /** What type `value` is of: `text` for every kind of text, else as the catalog names it, e.g. `int8`, `date`, `inet`, `uuid`, `bytea`. */
  readonly base: string;
  /** An SQL expression of type `base`, neither NULL nor empty when the result is used. It may be used more than once. */
  readonly value: string;
  /** Different values must stay different, the same must stay the same (a unique index, a key that is joined on). */
  readonly distinct: boolean;
  /** Characters that the result may have; of a `numeric`, digits before the point. */
  readonly maxLength: number | undefined;
  /** Values that the column has, for how many bits of a hash keep them apart. */
  readonly rows: number;
  /** Of an enum: what a value may be. */
  readonly labels: readonly string[];
  /** As the policy gives them, already checked by the masker's own schema. */
  readonly options: Readonly<Record<string, unknown>>;
  /** Expression of type `text` for the key of the person that a row is of; for maskers that treat a person's values alike, such as `date`. */
  readonly person: string | undefined;
  /** SQL query of known names, one a row, as `text`; for `text`. */
  readonly names: string | undefined;
}

/** What every masker says of itself. */
interface Described {
  /** As a policy says it, e.g. `email`. */
  readonly name: string;
  /** For people. */
  readonly about: string;
  /** A value before and after, for the documentation, as `text` where it can be; a test holds it true. */
  readonly example: Example;
  /** What a policy may say beside `mask`, `distinct` and `person`. */
  readonly options: z.ZodObject;
  /** Of which types of values it makes values of the same type. Arrays and domains are taken apart before. */
  accepts(shape: TypeShape): boolean;
  /** What it gives whatever goes in: no sign of a leak where a source has the same. */
  readonly constants: readonly string[];
  /** How a copy is searched for what was masked; undefined: not worth it (dates, numbers), or said of its parts. */
  readonly fingerprint: Fingerprint | undefined;
}

export interface Example {
  /** Type of the column, where it is not text. */
  readonly type?: string;
  readonly options?: Readonly<Record<string, unknown>>;
  readonly before: string;
  /** With the key `example`. */
  readonly after: string;
  readonly distinct?: string;
}

/** One way to mask a value. Adding one: a file in maskers/, and its line in registry.ts. */
export interface Masker extends Described {
  /** The masked value, as SQL of type `base`, or of one that is cast to it. @throws UserError where it cannot hold, e.g. too short a column. */
  sql(input: MaskInput): string;
  /** What it gives whatever goes in because its options say so. */
  constantsOf?(options: Readonly<Record<string, unknown>>): readonly string[];
  /** Where not a whole value is personal but parts of it: SQL queries of them, one a row. */
  personalParts?(value: string): readonly { readonly query: string; readonly fingerprint: Fingerprint }[];
  /** Whether it masks arrays and hstore as a whole instead of each value in them. */
  readonly whole?: boolean;
}

/** Masks a value of several parts, each by a rule of its own. */
export interface PartsMasker extends Described {
  /** @param mask the mask of a part by its rule. @throws UserError naming a part that has no rule. */
  parts(
    value: Place,
    options: Readonly<Record<string, unknown>>,
    mask: (part: Place, rule: PartRule) => MaskedValue,
  ): MaskedValue;
}

/** How a personal value is made comparable before it is looked for: as `verify/leaks/normalize` does it. */
export type Fingerprint = "text" | "digits";
