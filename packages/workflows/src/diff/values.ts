import { canonicalJson } from "@understudy/core";

/** A value at a path, before and after; undefined where there is none. */
export interface Change {
  /** `parameters.options.timeout`, `position` */
  readonly path: string;
  readonly before: unknown;
  readonly after: unknown;
}

/** Where two values differ, as deep as both are objects, or lists of the same length. */
export function changesBetween(before: unknown, after: unknown, path = ""): Change[] {
  if (same(before, after)) return [];
  if (Array.isArray(before) && Array.isArray(after) && before.length === after.length) {
    return before.flatMap((item, index) => changesBetween(item, after[index], `${path}[${index}]`));
  }
  if (isObject(before) && isObject(after)) {
    const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
    return [...keys].flatMap((key) => changesBetween(own(before, key), own(after, key), path ? `${path}.${key}` : key));
  }
  return [{ path, before, after }];
}

/** Whether two values are the same JSON. */
export function same(before: unknown, after: unknown): boolean {
  if (before === undefined || after === undefined) return before === after;
  return canonicalJson(before) === canonicalJson(after);
}

/** A key of a document may be called `toString`. */
function own(fields: Readonly<Record<string, unknown>>, key: string): unknown {
  return Object.hasOwn(fields, key) ? fields[key] : undefined;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
