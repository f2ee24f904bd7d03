import type { MaskRule } from "../../policy/policy.ts";
import { isText } from "../kinds.ts";
import type { Masker } from "../masker.ts";
import type { MaskContext } from "./context.ts";
import type { MaskedValue, Personal } from "./masked-value.ts";
import type { Place } from "./place.ts";

/** The mask of a value that is one. NULL stays NULL, empty stays empty. */
export function maskScalar(place: Place, masker: Masker, rule: MaskRule, context: MaskContext): MaskedValue {
  const { base, value } = plain(place);
  const lengths = [context.maxLength, place.shape.maxLength, digitsBeforePoint(place)];
  const maxLength = Math.min(...lengths.map((length) => length ?? Infinity));
  const masked = masker.sql({
    base,
    value,
    distinct: rule.distinct || context.distinct,
    maxLength: maxLength === Infinity ? undefined : maxLength,
    rows: context.rows,
    labels: place.shape.array ? [] : place.shape.labels,
    options: rule.options,
    person: context.person,
    names: context.names,
  });
  const mayBeEmpty = base === "text" || base === "bytea";
  return {
    sql: mayBeEmpty
      ? `CASE WHEN ${value} <> '' THEN ${masked} ELSE ${value} END`
      : `CASE WHEN ${value} IS NOT NULL THEN ${masked} END`,
    personal: personal(place, base, value, masker, rule),
  };
}

/** The value below its domains; every kind of text as `text`. */
function plain({ value, shape }: Place): { readonly base: string; readonly value: string } {
  if (shape.array) return { base: `${shape.base}[]`, value };
  if (isText(shape) || shape.base === "xml") {
    return { base: "text", value: shape.base === "text" && shape.domains.length === 0 ? value : `${value}::text` };
  }
  const cast = shape.kind === "base" && shape.domains.length > 0;
  return { base: shape.base, value: cast ? `${value}::${shape.base}` : value };
}

/** Of a `numeric` that is limited; none are sure below a domain, as that does not say its limit. */
function digitsBeforePoint({ type, shape }: Place): number | undefined {
  if (shape.base !== "numeric") return undefined;
  const [, precision, scale] = /^numeric\((\d+),(-?\d+)\)/.exec(type) ?? [];
  if (precision !== undefined) return Math.max(Number(precision) - Number(scale), 0);
  return shape.domains.length ? 0 : undefined;
}

function personal(
  { path, shape }: Place,
  base: string,
  value: string,
  masker: Masker,
  { options }: MaskRule,
): Personal[] {
  const constants = [...masker.constants, ...(masker.constantsOf?.(options) ?? [])];
  const parts = masker.personalParts?.(value);
  if (parts) return parts.map((part) => ({ ...part, path, constants }));
  const text = shape.array ? `unnest(${value})::text` : asText(base, value);
  if (!masker.fingerprint || text === undefined) return [];
  return [{ path, query: `SELECT ${text}`, fingerprint: masker.fingerprint, constants }];
}

/** As it would stand in a text; undefined for what nobody looks for in texts. */
function asText(base: string, value: string): string | undefined {
  if (base === "text") return value;
  if (base === "uuid") return `${value}::text`;
  if (base === "inet" || base === "cidr") return `host(${value})`;
  return base === "bytea" ? `encode(${value}, 'escape')` : undefined;
}
