import { canonicalTimestamp } from "./timestamp.ts";

/** What a column holds, whatever its database calls it. */
export const kinds = ["integer", "double", "numeric", "boolean", "text", "timestamp", "bytes", "json", "uuid"] as const;
export type Kind = (typeof kinds)[number];

/** A value as it travels: its canonical text. Numbers of JSON would lose digits. */
export type Value = string | null;

/** A row as it travels, by column. */
export type Row = Readonly<Record<string, Value>>;

/**
 * The one text of a value that all replicas write alike: integers and doubles in their shortest exact form, bytes in lower-case
 * hex, timestamps in UTC with microseconds. A text that is none of its kind stays what it is: its database will say so.
 */
export function canonical(kind: Kind, text: string): string {
  switch (kind) {
    case "integer":
      return /^[+-]?\d+$/.test(text) ? BigInt(text).toString() : text;
    case "double":
      return canonicalDouble(text);
    case "boolean":
      return /^(t|true|1)$/i.test(text) ? "true" : /^(f|false|0)$/i.test(text) ? "false" : text;
    case "timestamp":
      return canonicalTimestamp(text);
    case "bytes":
    case "uuid":
      return text.toLowerCase();
    default:
      return text;
  }
}

/** Whether two rows say the same, as far as both have the columns. */
export function sameRow(a: Row | null, b: Row | null): boolean {
  if (a === null || b === null) return a === b;
  return Object.keys(a).every((column) => b[column] === undefined || a[column] === b[column]);
}

/** JavaScript writes the shortest text that reads back as the same double, as Postgres does; -0 is 0 here, as SQLite has none. */
function canonicalDouble(text: string): string {
  if (/^[+-]?inf(inity)?$/i.test(text)) return text.startsWith("-") ? "-Infinity" : "Infinity";
  const value = Number(text);
  if (text.trim() === "" || (Number.isNaN(value) && !/^nan$/i.test(text))) return text;
  return String(value);
}
