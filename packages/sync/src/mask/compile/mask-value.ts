import { UserError } from "@understudy/core";
import type { MaskRule } from "../../policy/policy.ts";
import type { Masker, PartsMasker } from "../masker.ts";
import { maskers } from "../registry.ts";
import { maskElements } from "./array.ts";
import { type MaskContext, ofPerson } from "./context.ts";
import { maskEntries } from "./hstore.ts";
import type { MaskedValue } from "./masked-value.ts";
import type { PartRule } from "./part-rule.ts";
import type { Place } from "./place.ts";
import { isDateRange, maskRange } from "./range.ts";
import { maskScalar } from "./scalar.ts";

/** The mask of a value of any type: taken apart until a masker fits. @throws UserError naming place, type and masker where none does. */
export function maskValue(place: Place, rule: MaskRule, context: MaskContext): MaskedValue {
  const masker = maskers.get(rule.masker);
  if (!masker) {
    throw refused(place, rule, context, new UserError("there is no such masker", { next: `There are ${named()}` }));
  }
  const each = (part: Place) => maskValue(part, rule, context);
  const whole = "whole" in masker && masker.whole;
  if (place.shape.array && !whole) return maskElements(place, each);
  if (place.shape.base === "hstore" && "sql" in masker && !whole) return maskEntries(place, each);
  try {
    return masked(place, masker, rule, context);
  } catch (error) {
    // What failed in a part of this value says its place already.
    if (!(error instanceof UserError) || error.message.startsWith(`${context.table}.`)) throw error;
    throw refused(place, rule, context, error);
  }
}

function masked(place: Place, masker: Masker | PartsMasker, rule: MaskRule, context: MaskContext): MaskedValue {
  if (masker.name === "date" && isDateRange(place.shape)) return maskRange(place, rule, context);
  if (!masker.accepts(place.shape)) {
    const fitting = named((one) => one.accepts(place.shape));
    throw new UserError(`it cannot mask ${place.type}`, { next: `Say keep or null, or one of ${fitting}` });
  }
  if ("sql" in masker) return maskScalar(place, masker, rule, context);
  return masker.parts(place, rule.options, (part, rule) => maskPart(part, rule, context));
}

function maskPart(part: Place, rule: PartRule, context: MaskContext): MaskedValue {
  if (rule === "keep") return { sql: part.value, personal: [] };
  if (rule === "null") return { sql: "NULL", personal: [] };
  return maskValue(part, rule, ofPerson(rule, context));
}

function refused(
  { path }: Place,
  { masker }: MaskRule,
  { table }: MaskContext,
  { message, next }: UserError,
): UserError {
  return new UserError(`${table}.${path}: ${masker}: ${message}`, next === undefined ? {} : { next });
}

function named(which: (masker: Masker | PartsMasker) => boolean = () => true): string {
  return [...maskers.values()]
    .filter(which)
    .map(({ name }) => name)
    .join(", ");
}
